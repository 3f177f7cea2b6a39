"""The embedded default: everything of AWS that the platform needs, on this machine, in ``var/``.

``processes`` starts and ends children so that none is left behind, ``ministack``
runs the emulator, ``deploy`` brings template and functions into it, ``pipes`` runs the Pipes that the template
declares, ``supervisor`` puts them together for ``manage.py up``.
"""
