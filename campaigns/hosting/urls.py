"""The addresses of campaign pages on the local host."""

from django.urls import path, re_path

from campaigns.hosting.views import page_file

urlpatterns = [
    path("<slug:slug>/", page_file, {"path": "index.html"}, name="campaign_page"),
    re_path(r"^(?P<slug>[a-z0-9-]+)/(?P<path>.+)$", page_file, name="campaign_file"),
]
