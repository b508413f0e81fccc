"""Writes a PyTorch model with normalizations, trained for a few steps, to networks/pytorch/normal.safetensors, and normal.csv with rows and
outputs of PyTorch.

    pip install numpy safetensors torch
    python tests/memory/normal.py
"""

import pathlib

import safetensors.torch
import torch

HERE = pathlib.Path(__file__).parent


def main():
    torch.manual_seed(3)
    torch.set_default_dtype(torch.float64)
    model = torch.nn.Sequential(
        torch.nn.Linear(3, 5), torch.nn.BatchNorm1d(5), torch.nn.ReLU(), torch.nn.Linear(5, 4),
        torch.nn.LayerNorm(4), torch.nn.Tanh(), torch.nn.Linear(4, 2),
    )
    data = 3 * torch.randn(64, 3) + torch.tensor([1.0, -2.0, 0.5])
    mean, deviation = data.mean(0), data.std(0, correction=0)
    rule = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(20):
        rule.zero_grad()
        x = (data - mean) / deviation
        ((model(x) - x[:, :2] * x[:, 1:]) ** 2).mean().backward()
        rule.step()
    model.eval()
    state = {f"net.{key}": value for key, value in model.state_dict().items()}
    state |= {"scaler.mean": mean, "scaler.std": deviation}
    safetensors.torch.save_file(state, HERE / "networks" / "pytorch" / "normal.safetensors")
    lines = ["x1,x2,x3,y1,y2,loss,gradients\n"]
    for x in data[:6]:
        model.zero_grad()
        y = model(((x - mean) / deviation).unsqueeze(0))[0]
        loss = 0.5 * ((y - torch.tensor([0.3, -0.2])) ** 2).sum()
        loss.backward()
        # Scale and shift of both normalizations, and the first matrix.
        gradients = [model[1].weight.grad, model[1].bias.grad, model[4].weight.grad, model[4].bias.grad, model[0].weight.grad.T]
        gradients = [number for gradient in gradients for number in gradient.flatten().tolist()]
        lines.append(",".join(repr(n) for n in [*x.tolist(), *y.tolist(), loss.item(), *gradients]) + "\n")
    (HERE / "normal.csv").write_text("".join(lines))


main()
