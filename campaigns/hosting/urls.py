"""The addresses of campaign pages on the local host."""

urlpatterns: list[object] = []
