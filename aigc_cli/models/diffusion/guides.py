"""Pictures that guide a drawing: outlines found by Canny, depth found by a model, or a map that is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from aigc_cli import devices, weights
from aigc_cli.contracts import Context
from aigc_cli.errors import MissingModel
from aigc_cli.models.diffusion.options import CURE

if TYPE_CHECKING:
    from PIL import Image as Images

Control = Literal["edges", "depth", "map"]


def edges(image: Images.Image) -> Images.Image:
    """White outlines on black, as ControlNets of the kind `canny` were trained on.

    The thresholds go by the picture's own contrast: Canny's upper one leaves the steepest tenth of the slopes.
    """
    import cv2
    import numpy as np
    from PIL import Image

    grey = cv2.GaussianBlur(np.asarray(image.convert("L")), (3, 3), 0)
    across, down = cv2.Sobel(grey, cv2.CV_16S, 1, 0), cv2.Sobel(grey, cv2.CV_16S, 0, 1)
    steep = np.abs(across.astype(np.int32)) + np.abs(down.astype(np.int32))
    high = float(np.clip(np.percentile(steep, 90), 40, 400))
    found = cv2.Canny(across, down, high * 0.4, high)
    return Image.fromarray(np.repeat(found[..., None], 3, axis=2))


class DepthEye:
    """A loaded model that sees how far things are."""

    def __init__(self, path: str, place: devices.Place) -> None:
        import transformers

        folder = weights.place(path)
        weights.must_load(folder)
        self._place = place
        with devices.quiet(), devices.loading(path, CURE):
            self._model: Any = transformers.AutoModelForDepthEstimation.from_pretrained(
                str(folder), use_safetensors=True, local_files_only=True, trust_remote_code=False
            )
            self._lens: Any = transformers.AutoImageProcessor.from_pretrained(str(folder), local_files_only=True, trust_remote_code=False)
        self._model.to(place.device).eval()

    def depth(self, image: Images.Image) -> Images.Image:
        """Near is white, far is black, as ControlNets of the kind `depth` want it. Raises MissingModel when nothing is seen."""
        import numpy as np
        import torch
        from PIL import Image

        with torch.inference_mode():
            seen = self._lens(images=image.convert("RGB"), return_tensors="pt")["pixel_values"].to(self._place.device)
            found = self._model(pixel_values=seen).predicted_depth[0].float().cpu().numpy()
        low, high = (float(each) for each in np.percentile(found, (0.5, 99.5)))
        if not np.isfinite(found).all() or high <= low:
            raise MissingModel("the depth model sees no depth", "take another `control_reader`")
        grey = np.clip((found - low) / (high - low) * 255, 0, 255).astype(np.uint8)
        return Image.fromarray(grey).resize(image.size, Image.Resampling.BICUBIC).convert("RGB")


def guide(kind: Control, image: Images.Image, reader: str, place: devices.Place, ctx: Context) -> Images.Image:
    """The guiding picture of a kind, made from a photo; `map` is one already. `reader` is the folder of a depth model."""
    if kind == "map":
        return image.convert("RGB")
    if kind == "edges":
        return edges(image)
    eye = ctx.load(f"depth:{reader}:{place.device}", lambda: DepthEye(reader, place))
    return eye.depth(image)
