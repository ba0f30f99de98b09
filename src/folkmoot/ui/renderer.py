"""How `{{ form }}` looks: labels, hints and errors in place, with a summary at the top."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Set `FORM_RENDERER = "folkmoot.ui.renderer.FormRenderer"`.

    Needs `django.forms` among the installed apps, for the widgets' own templates.
    """

    form_template_name = "ui/forms/form.html"
    formset_template_name = "ui/forms/formset.html"
    field_template_name = "ui/forms/field.html"
