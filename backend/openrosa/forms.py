"""Moved to `kits.forms`."""

from backend.kits.forms import ROOT, Form, FormWrong, build_form

__all__ = ["ROOT", "Form", "FormWrong", "build_form"]
