"""The base of everything that a person writes: frozen, validated, hashable data."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from resnets.errors import ConfigError, nearest

Model = TypeVar("Model", bound="Frozen")

# Strict: the string "56" is no depth, and 1 is no flag.
Positive = Annotated[int, Field(ge=1, strict=True)]
Count = Annotated[int, Field(ge=0, strict=True)]
Real = Annotated[float, Field(strict=True)]
Share = Annotated[float, Field(ge=0.0, le=1.0, strict=True)]
Flag = Annotated[bool, Field(strict=True)]


class Frozen(BaseModel):
    """Immutable data with types that are checked; an error names field, value and what is allowed.

    Raises:
        ConfigError: a field is unknown, has the wrong type or a value that is not allowed.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_default=False, allow_inf_nan=False
    )

    def __init__(self, /, **fields: Any) -> None:
        try:
            super().__init__(**fields)
        except ValidationError as error:
            raise _explain(type(self), error) from None

    def replace(self: Model, **changes: Any) -> Model:
        """Return a validated copy with some fields changed."""
        return type(self)(**{**{k: getattr(self, k) for k in type(self).model_fields}, **changes})

    def __repr_args__(self) -> Any:
        """Show only what differs from the defaults: that is what the author wrote."""
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if field.is_required() or value != field.get_default(call_default_factory=True):
                yield name, value

    def __str__(self) -> str:
        return repr(self)


def reject(
    path: str, value: object, allowed: object, why: str = "", code: str = "E2102"
) -> ConfigError:
    """Return the error for one field whose value is not allowed.

    Args:
        path: the field, dotted from where the reader stands.
        value: what was given.
        allowed: the allowed values (a sequence of words is searched for the nearest one) or a rule.
        why: the reason, where the allowed set does not say it.
    """
    names = [str(a) for a in allowed] if isinstance(allowed, (list, tuple)) else []
    guess = nearest(value, names, 1) if isinstance(value, str) else []
    rule = ", ".join(name or "''" for name in names) if names else str(allowed)
    return ConfigError(
        code,
        "value is not allowed" if code == "E2102" else "unknown field",
        what=f"{path} = {value!r}" if code == "E2102" else str(value),
        where={"field": path},
        why=why,
        do=([f"did you mean {guess[0]!r}?"] if guess else []) + [f"allowed: {rule}"],
    )


def _explain(model: type[BaseModel], error: ValidationError) -> ConfigError:
    """Translate pydantic's first finding into the project's error form.

    A nested model raises its own ConfigError, so a location here is a field of this model, perhaps
    an index, and perhaps the tag of a union, which is no field and is left out.
    """
    findings = error.errors(include_url=False)
    # Of the branches of a union the one that went deeper says more.
    alike = (f for f in findings if f["loc"][:1] == findings[0]["loc"][:1])
    finding = next((f for f in alike if "error" in f.get("ctx", {})), findings[0])
    cause = finding.get("ctx", {}).get("error")
    loc = [p for i, p in enumerate(finding["loc"]) if i == 0 or isinstance(p, int)]
    path = ".".join(map(str, loc))
    if isinstance(cause, ConfigError):
        inner = cause.where.get("field", "")
        full = ".".join(p for p in (path, inner) if p)
        what = full + cause.what[len(inner) :] if cause.what.startswith(inner) else cause.what
        where = {**cause.where, **({"field": full} if full else {})}
        return ConfigError(
            cause.code, cause.title, what=what, where=where, why=cause.why, do=cause.do
        )
    if finding["type"] == "extra_forbidden":
        return reject(path, path, list(model.model_fields), code="E2101")
    if finding["type"] == "literal_error":
        expected = finding["ctx"]["expected"].replace(" or ", ", ").split(", ")
        return reject(path, finding["input"], [word.strip("'") for word in expected])
    if finding["type"] == "union_tag_invalid":
        tags = finding["ctx"]["expected_tags"].replace("'", "").split(", ")
        tag = finding["ctx"]["discriminator"].strip("'")
        return reject(f"{path}.{tag}", finding["ctx"]["tag"], tags)
    if finding["type"] == "missing":
        return ConfigError(
            "E2103",
            "a field is missing",
            what=path,
            where={"field": path},
            do=f"give {model.__name__} a value for {path!r}",
        )
    if finding["type"] == "string_pattern_mismatch":
        said = model.model_fields[str(loc[0])].description
        return reject(
            path, finding["input"], said or f"text of the form {finding['ctx']['pattern']}"
        )
    return reject(path, finding["input"], finding["msg"].removeprefix("Input should be "))
