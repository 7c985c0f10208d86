"""Xception as the published PyTorch versions write it, with the ways in which they differ as options.

Module names are those of tstandley, Cadene and timm, so that `state_dict()` is what their files hold.
"""
import torch
from torch import nn
from torch.nn import functional


class SeparableConv2d(nn.Module):
    def __init__(self, channels_in, channels_out):
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels_in, 3, padding=1, groups=channels_in, bias=False)
        self.pointwise = nn.Conv2d(channels_in, channels_out, 1, bias=False)

    def forward(self, x):
        return self.pointwise(self.conv1(x))


class MaxPool(nn.Module):
    """3x3, stride 2: padded by one on all sides, or as TensorFlow's "same" after an even side only."""

    def __init__(self, padding):
        super().__init__()
        self.padding = padding

    def forward(self, x):
        if self.padding == "symmetric":
            return functional.max_pool2d(x, 3, 2, 1)
        vertical, horizontal = (size % 2 for size in x.shape[2:])
        x = functional.pad(x, (horizontal, 1, vertical, 1), value=-torch.inf)
        return functional.max_pool2d(x, 3, 2)


class Block(nn.Module):
    def __init__(self, channels, starts_with_relu, inplace, pool):
        super().__init__()
        rep = []
        for channels_in, channels_out in zip(channels, channels[1:]):
            rep += [nn.ReLU(inplace=bool(rep) or inplace), SeparableConv2d(channels_in, channels_out),
                    nn.BatchNorm2d(channels_out)]
        if not starts_with_relu:
            del rep[0]
        self.skip = None
        if pool:
            rep.append(MaxPool(pool))
            self.skip = nn.Conv2d(channels[0], channels[-1], 1, stride=2, bias=False)
            self.skipbn = nn.BatchNorm2d(channels[-1])
        self.rep = nn.Sequential(*rep)

    def forward(self, x):
        out = self.rep(x)  # an in-place ReLU at its head changes x, which the shortcut sees
        return out + (self.skipbn(self.skip(x)) if self.skip else x)


class Xception(nn.Module):
    def __init__(self, classes=1000, stem_padding=0, pool_padding="symmetric", shortcut_after_relu=False):
        super().__init__()

        def block(*channels, starts_with_relu=True, pool=None):
            return Block(channels, starts_with_relu, shortcut_after_relu, pool)

        self.conv1 = nn.Conv2d(3, 32, 3, 2, stem_padding, bias=False)
        self.bn1 = nn.BatchNorm2d(32)
        self.conv2 = nn.Conv2d(32, 64, 3, 1, stem_padding, bias=False)
        self.bn2 = nn.BatchNorm2d(64)
        self.block1 = block(64, 128, 128, starts_with_relu=False, pool=pool_padding)
        self.block2 = block(128, 256, 256, pool=pool_padding)
        self.block3 = block(256, 728, 728, pool=pool_padding)
        for number in range(4, 12):
            self.add_module(f"block{number}", block(728, 728, 728, 728))
        self.block12 = block(728, 728, 1024, pool=pool_padding)
        self.conv3 = SeparableConv2d(1024, 1536)
        self.bn3 = nn.BatchNorm2d(1536)
        self.conv4 = SeparableConv2d(1536, 2048)
        self.bn4 = nn.BatchNorm2d(2048)
        self.fc = nn.Linear(2048, classes)

    def forward(self, x):
        """x: [batch x 3 x height x width]; returns logits [batch x classes]."""
        x = functional.relu(self.bn1(self.conv1(x)))
        x = functional.relu(self.bn2(self.conv2(x)))
        for number in range(1, 13):
            x = getattr(self, f"block{number}")(x)
        x = functional.relu(self.bn3(self.conv3(x)))
        x = functional.relu(self.bn4(self.conv4(x)))
        return self.fc(x.mean((2, 3)))


def load(model, tensors):
    """Loads a model file's tensors; its kernels hold batch normalization, of which the bias is left to add."""
    state = model.state_dict()

    def convolution(module, layer):
        if f"{layer}/kernel" in tensors:
            state[f"{module}.weight"] = torch.tensor(tensors[f"{layer}/kernel"].transpose(3, 2, 0, 1))
        else:
            state[f"{module}.conv1.weight"] = torch.tensor(tensors[f"{layer}/depthwise_kernel"].transpose(2, 3, 0, 1))
            state[f"{module}.pointwise.weight"] = torch.tensor(tensors[f"{layer}/pointwise_kernel"].transpose(3, 2, 0, 1))

    def normalization(module, layer):
        one, epsilon = torch.tensor(1.0), torch.tensor(1e-5)
        assert (one - epsilon) + epsilon == one
        state[f"{module}.running_var"][:] = one - epsilon
        state[f"{module}.bias"] = torch.tensor(tensors[f"{layer}/bias"])

    for module, norm, layer in (("conv1", "bn1", "block1_conv1"), ("conv2", "bn2", "block1_conv2"),
                                ("conv3", "bn3", "block14_sepconv1"), ("conv4", "bn4", "block14_sepconv2")):
        convolution(module, layer)
        normalization(norm, layer)
    for number in range(1, 13):
        block, keras = f"block{number}", f"block{number + 1}"
        rep = getattr(model, block).rep
        separable = [index for index, module in enumerate(rep) if isinstance(module, SeparableConv2d)]
        for order, index in enumerate(separable, 1):
            convolution(f"{block}.rep.{index}", f"{keras}_sepconv{order}")
            normalization(f"{block}.rep.{index + 1}", f"{keras}_sepconv{order}")
        if getattr(model, block).skip:
            convolution(f"{block}.skip", f"{keras}_shortcut")
            normalization(f"{block}.skipbn", f"{keras}_shortcut")
    state["fc.weight"] = torch.tensor(tensors["predictions/kernel"].T)
    state["fc.bias"] = torch.tensor(tensors["predictions/bias"])
    model.load_state_dict(state)
    return model.eval()
