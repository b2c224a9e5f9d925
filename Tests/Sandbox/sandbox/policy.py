"""Evaluates identity policies: an explicit Deny wins, then any Allow, otherwise nothing is allowed.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import re
from functools import lru_cache

_VARIABLE = re.compile(r"\$\{([^}]*)\}")


def allows(documents: list[dict], action: str, resource: str, context: dict[str, str]) -> bool:
    decisions = {
        statement.get("Effect")
        for document in documents
        for statement in listed(document.get("Statement"))
        if _applies(statement, action, resource, context)
    }
    return "Deny" not in decisions and "Allow" in decisions


def _applies(statement: dict, action: str, resource: str, context: dict[str, str]) -> bool:
    if "Action" in statement:
        if not any(matches(each.lower(), action.lower()) for each in listed(statement["Action"])):
            return False
    elif any(matches(each.lower(), action.lower()) for each in listed(statement.get("NotAction", "*"))):
        return False
    if "Resource" in statement:
        if not any(matches(each, resource, context) for each in listed(statement["Resource"])):
            return False
    elif any(matches(each, resource, context) for each in listed(statement.get("NotResource", "*"))):
        return False
    return all(
        _holds(operator, key, listed(values), context)
        for operator, block in statement.get("Condition", {}).items()
        for key, values in block.items()
    )


def _holds(operator: str, key: str, values: list, context: dict[str, str]) -> bool:
    """False for operators that the sandbox does not know, so that no statement matches by mistake."""
    actual = next((value for name, value in context.items() if name.lower() == key.lower()), None)
    if operator == "Null":
        return any((actual is None) == (str(value).lower() == "true") for value in values)
    optional = operator.endswith("IfExists")
    operator = operator.removesuffix("IfExists")
    negated = operator in ("StringNotEquals", "StringNotLike", "ArnNotEquals", "ArnNotLike")
    if actual is None:
        return optional or negated
    if operator in ("StringEquals", "StringNotEquals"):
        found = any(actual == _expanded(str(value), context) for value in values)
    elif operator in ("StringLike", "StringNotLike", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"):
        found = any(matches(str(value), actual, context) for value in values)
    elif operator in ("StringEqualsIgnoreCase", "Bool"):
        found = any(actual.lower() == _expanded(str(value), context).lower() for value in values)
    else:
        return False
    return found != negated


def _expanded(text: str, context: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda match: context.get(match[1], match[0]), text)


def matches(pattern: str, text: str, context: dict[str, str] | None = None) -> bool:
    """Whether `text` fits a pattern with `*`, `?` and policy variables. A variable's value is never a wildcard itself,
    and one that the context lacks matches nothing."""
    regex = ""
    for index, part in enumerate(_VARIABLE.split(pattern)):
        if index % 2 == 0:
            regex += _wildcards(part)
        elif part in ("*", "?", "$"):
            regex += re.escape(part)
        elif context is None or part not in context:
            return False
        else:
            regex += re.escape(context[part])
    return re.fullmatch(regex, text, re.DOTALL) is not None


@lru_cache
def _wildcards(text: str) -> str:
    return re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")


def listed(value: object) -> list:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
