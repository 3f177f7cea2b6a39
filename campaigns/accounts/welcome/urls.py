"""The addresses behind an invitation's link. None of them carries the token."""

from django.urls import path

from campaigns.accounts.welcome import views

urlpatterns = [
    path("", views.welcome, name="welcome"),
    path("accept/", views.accept, name="welcome_accept"),
    path("decline/", views.decline, name="welcome_decline"),
    path("switch/", views.switch, name="welcome_switch"),
]
