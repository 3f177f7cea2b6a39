"""Inputs of the campaign page that unfold has none for; their behaviour is in ``campaign.js``."""

from typing import Any

from django import forms
from unfold.widgets import INPUT_CLASSES


class Chips(forms.CheckboxSelectMultiple):
    """A few of a few, as chips to press."""

    template_name = "admin/widgets/chips.html"
    option_inherits_attrs = False


class RadioCards(forms.RadioSelect):
    """One of a few, each as a card that shows what it is."""

    template_name = "admin/widgets/cards.html"
    option_inherits_attrs = False

    def __init__(self, *, words: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = words or {}

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Hand each card its sentence."""
        context = super().get_context(name, value, attrs)
        for _group, options, _index in context["widget"]["optgroups"]:
            for option in options:
                option["words"] = self.words.get(str(option["value"]), "")
        return context


class Plain(forms.Select):
    """A select without unfold's arrow, which a row has no room for."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({**(attrs or {}), "class": "plain-input"}, choices)


class DateAndTime(forms.DateTimeInput):
    """A day and a minute, with the browser's own picker."""

    def __init__(self) -> None:
        attrs = {"type": "datetime-local", "step": "60", "class": " ".join(INPUT_CLASSES)}
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class Colour(forms.TextInput):
    """A colour: the browser's picker, its code, and how it reads on the other colour."""

    template_name = "admin/widgets/colour.html"

    def __init__(self, *, against: str = "") -> None:
        super().__init__({"class": " ".join(INPUT_CLASSES), "data-against": against})


class Slider(forms.NumberInput):
    """A number from a few, pulled."""

    input_type = "range"
    template_name = "admin/widgets/slider.html"


class Picture(forms.ClearableFileInput):
    """A picture with what it looks like now, or will."""

    template_name = "admin/widgets/picture.html"
    clear_checkbox_label = "Remove"


class Switch(forms.CheckboxInput):
    """On or off."""

    template_name = "admin/widgets/switch.html"
