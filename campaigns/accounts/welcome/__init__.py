"""The pages behind an invitation's link. Visitors and staff come here; nobody needs a role."""
