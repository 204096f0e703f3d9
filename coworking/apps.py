"""Django's admin, with a site of our own in it."""

from django.contrib.admin.apps import AdminConfig


class OperatorsAdminConfig(AdminConfig):
    default_site = "coworking.operators_site.OperatorsSite"
