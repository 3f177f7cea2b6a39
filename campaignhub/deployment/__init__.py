"""Bringing the public path to AWS, or into the emulator: one code for both.

``target`` says which machine functions run on, ``packages`` finds what they
import for it, ``members`` chooses their files, ``archives`` packs them, ``upload`` puts them where CloudFormation
reads. ``plan`` is what an installation is told, ``account`` what an account
admits. ``stack`` proposes and executes a change set, ``changes`` says which of
them are refused, ``deploy`` takes one stack after the other, ``settings_file``
keeps what they gave. ``domain`` brings a client's name before the distribution.
"""
