"""The admin as a product. It knows no room by name: rooms register what they show."""
