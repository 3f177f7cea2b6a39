"""From draft to page: checks, manifest, releases, lifecycle, and carrying both out to table and host."""
