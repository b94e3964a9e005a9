"""What is added to the tiny picture model of `tiny_pictures`, random as it is: LoRA, ControlNet, IP-Adapter, a depth model, an upscaler."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.models import tiny_pictures


def lora(folder: Path, seed: int = 0, *, name: str = "look.safetensors", width: int = 64) -> Path:
    """A LoRA for every second attention of the model; `width` other than 64 does not fit it."""
    import torch
    from safetensors.torch import save_file

    maker = torch.Generator().manual_seed(seed)
    folder.mkdir(parents=True, exist_ok=True)
    place = "unet.mid_block.attentions.0.transformer_blocks.0.attn1"
    tensors = {}
    for part in ("to_q", "to_k", "to_v"):
        tensors[f"{place}.{part}.lora_A.weight"] = torch.randn(2, width, generator=maker)
        tensors[f"{place}.{part}.lora_B.weight"] = torch.randn(width, 2, generator=maker)
    save_file(tensors, folder / name)
    return folder / name


def controlnet(pipe: Any, folder: Path, seed: int = 0) -> Path:
    import torch
    from diffusers import ControlNetModel

    torch.manual_seed(seed)
    net = ControlNetModel.from_unet(pipe.unet, conditioning_channels=3, conditioning_embedding_out_channels=(16, 32))
    for block in (*net.controlnet_down_blocks, net.controlnet_mid_block, net.controlnet_cond_embedding.conv_out):
        torch.nn.init.normal_(block.weight, std=0.2)  # as made they are zero and guide nothing
    net.save_pretrained(folder, safe_serialization=True)
    return folder


def ip_adapter(pipe: Any, folder: Path, seed: int = 0) -> Path:
    """The weights' file, with its eye beside it."""
    import torch
    from safetensors.torch import save_file
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    torch.manual_seed(seed)
    wide, seen, tokens = pipe.unet.config.cross_attention_dim, 16, 4
    tensors = {
        "image_proj.proj.weight": torch.randn(tokens * wide, seen), "image_proj.proj.bias": torch.zeros(tokens * wide),
        "image_proj.norm.weight": torch.ones(wide), "image_proj.norm.bias": torch.zeros(wide),
    }  # fmt: skip
    crossings = [name.removesuffix(".processor") for name in pipe.unet.attn_processors if name.endswith("attn2.processor")]
    for number, name in enumerate(crossings):
        hidden = dict(pipe.unet.named_modules())[name].to_q.out_features
        tensors |= {f"ip_adapter.{2 * number + 1}.{part}.weight": torch.randn(hidden, wide) for part in ("to_k_ip", "to_v_ip")}
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / "adapter.safetensors")
    eye = CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            hidden_size=16,
            projection_dim=seen,
            num_hidden_layers=1,
            num_attention_heads=2,
            image_size=32,
            intermediate_size=24,
            patch_size=8,
        )
    )
    eye.save_pretrained(folder / "image_encoder", safe_serialization=True)
    return folder / "adapter.safetensors"


def depth_eye(folder: Path, seed: int = 0) -> Path:
    import torch
    from transformers import DPTConfig, DPTForDepthEstimation, DPTImageProcessor

    torch.manual_seed(seed)
    config = DPTConfig(
        hidden_size=32, num_hidden_layers=4, num_attention_heads=4, intermediate_size=37, image_size=32, patch_size=16,
        backbone_out_indices=[0, 1, 2, 3],
        neck_hidden_sizes=[16, 16, 32, 32], fusion_hidden_size=16, is_hybrid=False,
    )  # fmt: skip
    DPTForDepthEstimation(config).save_pretrained(folder, safe_serialization=True)
    DPTImageProcessor(size={"height": 32, "width": 32}, keep_aspect_ratio=False).save_pretrained(folder)
    return folder


def upscaler(folder: Path, seed: int = 0) -> Any:
    """Four times larger, as `stable-diffusion-x4-upscaler` is made."""
    import torch
    from diffusers import DDPMScheduler, StableDiffusionUpscalePipeline, UNet2DConditionModel

    base = tiny_pictures.pipeline(folder / "base", seed=seed)
    torch.manual_seed(seed)
    unet = UNet2DConditionModel(
        block_out_channels=(32, 64), layers_per_block=1, sample_size=32, in_channels=7, out_channels=4, norm_num_groups=8,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=32, num_class_embeds=1000,
    )  # fmt: skip
    return StableDiffusionUpscalePipeline(
        vae=base.vae, text_encoder=base.text_encoder, tokenizer=base.tokenizer, unet=unet, scheduler=base.scheduler,
        low_res_scheduler=DDPMScheduler(), max_noise_level=350,
    )  # fmt: skip


save = tiny_pictures.save
