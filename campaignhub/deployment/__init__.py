"""Bringing the public path to AWS, or into the emulator: one code for both.

``target`` says which machine functions run on, ``packages`` finds what they
import for it, ``archives`` packs them.
"""
