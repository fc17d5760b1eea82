"""From what was asked for to a run in which every number is explicit."""

from __future__ import annotations

from typing import Any

from resnets.catalog import look_up, look_up_recipe
from resnets.spec import DataSpec, Run, assign, encode
from resnets.spec.request import Request, slug

from .data import describe_data
from .machine import pick_device, pick_precision
from .published import is_published, name_published


def resolve(request: Request) -> Run:
    """Resolve a request: look the names up, ask the data for its shape, apply the changes.

    Order: the catalog's network and recipe, then the tables and options of the request, then its
    assignments. Device and precision come out as what they will be on this machine.

    Raises:
        ConfigError: a name, a field or a combination is not allowed.
        DataError: the data has to be opened to know its classes, and is refused.
        MachineError: the device or the precision is not there.
    """
    entry = look_up(request.model)
    data = DataSpec(
        name=request.data,
        holdout=request.holdout,
        split_seed=request.split_seed,
        image_size=request.image_size,
        bad_images=request.bad_images,
        allow_missing_classes=request.allow_missing_classes,
    )
    shape = describe_data(data, request.data_dir)
    known = {
        "num_classes": shape.classes,
        "in_chans": shape.channels,
        "image_size": request.image_size or shape.image_size,
    }
    sizes = {field: known[field] for field in known.keys() & type(entry.spec).model_fields.keys()}
    run = Run(
        model=entry.name,
        network={**encode(entry.spec), **sizes, **request.network},
        data=data,
        seed=request.seed,
        init=_name_init(request.init, entry.name),
        test_curve=request.test_curve,
        record_signal=request.record_signal,
    )
    name, changes = request.recipe_parts()
    recipe = encode(look_up_recipe(name, run.network))
    run = assign(run.replace(recipe={**recipe, **changes}), request.set)
    return run.replace(**pick_machine(request, run))


def pick_machine(request: Request, run: Run) -> dict[str, Any]:
    """Return the run's device and precision on this machine; an assignment to either one wins."""
    assigned = {text.partition("=")[0].strip() for text in request.set}
    device = pick_device(run.device if "device" in assigned else request.device)
    wanted = run.precision if "precision" in assigned else request.precision
    return {"device": str(device), "precision": pick_precision(wanted, device)[0]}


def _name_init(init: str, name: str) -> str:
    """Return where the first weights are; published ones with library and tag made explicit."""
    return name_published(init, name) if init and is_published(init) else init


def name_output(run: Run) -> str:
    """Return the run folder of a run that was given none: ``runs/<model>-<data>-<key>``."""
    return f"runs/{run.model}-{slug(run.data.name)}-{run.key()}"
