"""The addresses of drafts' pages."""

from django.urls import path

from campaigns.hosting.drafts import draft_file

urlpatterns = [
    path("<str:token>/", draft_file, name="draft_page"),
    path("<str:token>/<path:path>", draft_file, name="draft_file"),
]
