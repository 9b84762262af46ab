"""The report: sections of HTML from the workbook, notebooks that show them, and the page that the notebooks become.

Only this package knows Jinja, nbformat, nbclient and nbconvert, and imports them when something is rendered.
"""
