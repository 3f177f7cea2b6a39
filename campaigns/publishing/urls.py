"""The addresses of drafts' pages."""

from django.urls import path

from campaigns.publishing.views import draft_file

urlpatterns = [
    path("<str:token>/", draft_file, name="draft_page"),
    path("<str:token>/<path:path>", draft_file, name="draft_file"),
]
