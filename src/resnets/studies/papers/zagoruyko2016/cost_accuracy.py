"""Cost against accuracy: one table for all families."""

from resnets.catalog.papers import ZAGORUYKO2016
from resnets.studies.declaration import Fields, Row, Scale, Study

UNPRINTED = "no figure on CIFAR-10 is printed; the form for small pictures is ours"


def _row(name: str, label: str, model: str, recipe: str, *, note: str = "", **more: str) -> Row:
    request: Fields = {"recipe": recipe}
    return Row(name=name, label=label, model=model, request=request, published=more, note=note)


STUDY = Study(
    name="cost-accuracy",
    title="Cost against accuracy over all families",
    paper=ZAGORUYKO2016,
    place="Section 3, with the results of the papers of all families, on CIFAR-10",
    question="What does each family make of its parameters and multiply-adds? Do wide networks "
    "beat a thousand thin layers?",
    protocol="Test error as each paper reports it, with its own recipe; multiply-adds are "
    "those for one picture.",
    base={"data": "cifar10", "recipe": "he2015-cifar"},
    rows=(
        _row("alexnet", "AlexNet", "alexnet_cifar", "krizhevsky2012-cifar"),
        _row("vgg", "VGG with batch norm", "vgg{vgg}_bn_cifar", "simonyan2015-cifar"),
        _row("plain", "plain", "plain{plain}", "he2015-cifar"),
        _row("highway", "Highway", "highway{highway}", "srivastava2015-cifar"),
        _row("resnet", "ResNet", "resnet{resnet}", "he2015-cifar"),
        _row("preresnet", "pre-activation ResNet", "preresnet{preresnet}", "he2016-cifar"),
        _row("preresnet-1001", "pre-activation ResNet-1001", "preresnet1001", "he2016-cifar"),
        _row("resnext", "ResNeXt", "resnext{resnext}", "xie2017-cifar"),
        _row("wide", "wide ResNet", "wrn{wide}", "zagoruyko2016-cifar"),
        _row("multi", "Multi-ResNet", "multi_resnet{multi}", "abdi2016-cifar"),
        _row("stochastic", "stochastic depth", "stochastic_depth{stochastic}", "huang2016-cifar"),
        _row(
            "swapout",
            "swapout",
            "swapout{swapout}",
            "singh2016-cifar",
            test_error="cifar10_test_error_in_abdi2016",
            note="published with stochastic inference",
        ),
        _row("densenet", "DenseNet-BC", "densenet_bc{densenet}", "huang2017-cifar"),
        _row(
            "inception-v4",
            "Inception-v4",
            "inception_v4_small",
            "szegedy2016-cifar",
            note=UNPRINTED,
        ),
        _row(
            "inception-resnet",
            "Inception-ResNet-v2",
            "inception_resnet_v2_small",
            "szegedy2016-cifar",
            note=UNPRINTED,
        ),
        _row("polynet", "PolyNet", "polynet_small", "szegedy2016-cifar", note=UNPRINTED),
    ),
    measures={"test_error": "cifar10_test_error", "macs": ""},
    claims={
        "test_error of wide < test_error of preresnet-1001": "Zagoruyko 2016: with 28 layers "
        "instead of 1001",
        "test_error of multi < test_error of preresnet-1001": "Abdi 2016, Table III",
        "test_error of densenet < test_error of wide": "Huang 2017, Table 2: fewer parameters",
        "test_error of resnet < test_error of highway": "He 2015, Table 6",
        "test_error of resnet < test_error of plain": "He 2015, Fig. 6",
        "test_error of stochastic < test_error of resnet": "Huang 2016",
        "test_error of wide < test_error of preresnet": "Zagoruyko 2016, results table",
    },
    deviations=("each row is one run; papers print medians, means or the best of five",),
    scales={
        "smoke": Scale(
            rows=(
                "plain",
                "highway",
                "resnet",
                "preresnet",
                "wide",
                "multi",
                "densenet",
                "inception-resnet",
                "polynet",
            ),
            values={
                "plain": 8,
                "highway": 11,
                "resnet": 8,
                "preresnet": 8,
                "wide": "10_1",
                "multi": "8_k2",
                "densenet": "16_k4",
            },
            length="1ep",
            request={"recipe": "quick"},
        ),
        "short": Scale(
            rows=(
                "alexnet",
                "plain",
                "highway",
                "resnet",
                "preresnet",
                "resnext",
                "wide",
                "multi",
                "stochastic",
                "swapout",
                "densenet",
                "inception-v4",
                "inception-resnet",
                "polynet",
            ),
            values={
                "plain": 20,
                "highway": 11,
                "resnet": 20,
                "preresnet": 20,
                "resnext": "11_1x8d",
                "wide": "10_2",
                "multi": "14_k2",
                "stochastic": 20,
                "swapout": "20_w1",
                "densenet": "22_k12",
            },
            length="2ep",
            request={"recipe": "quick"},
            says=(
                "each family by a small member of 30 to 60 M multiply-adds, all with the recipe "
                "quick",
            ),
        ),
        "paper": Scale(
            values={
                "vgg": 19,
                "plain": 110,
                "highway": 19,
                "resnet": 110,
                "preresnet": 164,
                "resnext": "29_16x64d",
                "wide": "28_10",
                "multi": "26_k4_w10",
                "stochastic": 110,
                "swapout": "32_w4",
                "densenet": "190_k40",
            }
        ),
    },
)
