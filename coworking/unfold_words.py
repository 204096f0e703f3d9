"""What Unfold says in the operators' admin. It ships no Japanese, so its words stand in our catalogue.

makemessages reads this list; nothing else does.
"""

from django.utils.translation import gettext_noop as _

WORDS = [
    _("Search apps and models..."),
    _("Type to search"),
    _("Filters"),
    _("Apply Filters"),
    _("Clear all filters"),
    _("Reset filters"),
    _("Select value"),
    _("Select record"),
    _("Select all rows"),
    _("Choose file to upload"),
    _("Select action"),
    _("Select action to run"),
    _("Select format"),
    _("Run"),
    _("Run the selected action"),
    _("Clear selection"),
    _("Click here to select the objects across all pages"),
    _("No results found"),
    _("This page yielded into no results. Create a new item or reset your filters."),
    _("No results matching your query"),
    _("General"),
    _("Date from"),
    _("Date to"),
    _("To"),
    _("More actions"),
    _("Add row"),
    _("Submit"),
    _("Log out"),
    _("View site"),
    _("Light"),
    _("Dark"),
    _("System"),
    _("Loading more results..."),
    _("Recent searches"),
    _("No recent searches"),
    _("This item will be deleted."),
    _("Toggle sorting"),
    _("Remove from sorting"),
    _("Objects"),
    _("Summary"),
]
