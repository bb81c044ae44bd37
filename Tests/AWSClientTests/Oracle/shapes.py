#!/usr/bin/env python3
"""The shapes of botocore's service models for the operations that redstart uses.

Needs botocore. `shapes.py > ../../TestSupport/Models/shapes.json` records what stand-ins hold requests
and their own answers to. The operations are those of `operations.py`, without S3 and sign-ins, whose
requests have places of their own. Shapes are named `in:NAME` and `out:NAME`, since some services
write a member in one way and read it in another.
"""
import json
import pathlib
import re
import sys

import botocore.session

session = botocore.session.get_session()
source = pathlib.Path(__file__).with_name("operations.py").read_text()
calls = re.findall(r'^    \("([a-z0-9-]+)", "(\w+)",', source, re.MULTILINE)


def wire_name(name, shape, side, protocol):
    given = shape.serialization
    if protocol == "ec2" and side == "in":
        if "queryName" in given:
            return given["queryName"]
        plain = given.get("name", name)
        return plain[0].upper() + plain[1:]
    return given.get("name", name)


def record(shape, side, protocol, shapes):
    key = f"{side}:{shape.name}"
    if key in shapes:
        return key
    entry = shapes[key] = {"type": shape.type_name}
    if shape.type_name == "structure":
        entry["members"] = {
            wire_name(name, member, side, protocol): record(member, side, protocol, shapes)
            for name, member in shape.members.items()
        }
        if side == "in":
            entry["required"] = [
                wire_name(name, shape.members[name], side, protocol)
                for name in shape.required_members
            ]
        if shape.metadata.get("union"):
            entry["union"] = True
    elif shape.type_name == "list":
        entry["element"] = record(shape.member, side, protocol, shapes)
        entry["name"] = shape.member.serialization.get("name", "member")
        if shape.serialization.get("flattened") or (protocol == "ec2" and side == "in"):
            entry["flattened"] = True
    elif shape.type_name == "map":
        entry["element"] = record(shape.value, side, protocol, shapes)
    elif shape.type_name == "string" and shape.enum:
        entry["enum"] = shape.enum
    for limit in ("min", "max"):
        if limit in shape.metadata and side == "in":
            entry[limit] = shape.metadata[limit]
    return key


services = {}
for service_name, operation in calls:
    if service_name in ("s3", "sso", "sso-oidc"):
        continue
    model = session.get_service_model(service_name)
    protocol = model.metadata["protocol"]
    entry = services.setdefault(
        service_name,
        {
            "protocol": protocol, "version": model.metadata["apiVersion"],
            "target": model.metadata.get("targetPrefix", ""), "operations": {}, "shapes": {},
        },
    )
    one = model.operation_model(operation)
    sides = {}
    for side, shape in (("in", one.input_shape), ("out", one.output_shape)):
        if shape is not None:
            sides[side] = record(shape, side, protocol, entry["shapes"])
    if one.output_shape is not None and "resultWrapper" in one.output_shape.serialization:
        sides["wrapper"] = one.output_shape.serialization["resultWrapper"]
    entry["operations"][operation] = sides
json.dump(services, sys.stdout, indent=0, sort_keys=True)
print()
