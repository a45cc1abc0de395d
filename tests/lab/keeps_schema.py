"""Ends well if a result keeps to the schema of results.

    keeps_schema.py RESULT
"""

import json
import sys

import jsonschema

SCHEMA = "reports/result/result-schema.json"  # tests run in the tree's own folder


def read(path):
    with open(path) as file:
        return json.load(file)


jsonschema.validate(read(sys.argv[1]), read(SCHEMA))
