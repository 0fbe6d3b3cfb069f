"""The peer of bench_train: the same network, optimiser and batch in PyTorch, exact float arithmetic.

usage: peer_torch.py NET BATCH IMAGES EPOCHS THREADS     the protocol is the one of bench_train.c
Only the benchmark uses Python. The examples lie in memory as floats, ready for the network.
SPDX-License-Identifier: Apache-2.0
"""
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional


def read_net(name):
    """The layers of sw/nets/NAME.net as PyTorch modules, and the input shape."""
    modules, shape, flat = [], None, False
    for line in open(f"sw/nets/{name}.net", encoding="utf-8"):
        word = line.split("#")[0].split()
        option = dict(w.split("=") for w in word if "=" in w)
        if not word:
            continue
        if word[0] == "input":
            shape = tuple(int(w) for w in word[1:4])
            probe = torch.zeros(1, *shape)
        elif word[0] == "conv":
            modules.append(nn.Conv2d(probe.shape[1], int(option["maps"]), int(option["kernel"]),
                                     stride=int(option.get("stride", 1)), padding=int(option.get("pad", 0))))
        elif word[0] == "pool":
            pool = nn.MaxPool2d if word[2] == "max" else nn.AvgPool2d
            modules.append(pool(int(word[3])))
        elif word[0] == "fc":
            if not flat:
                modules.append(nn.Flatten())
                probe, flat = probe.flatten(1), True
            modules.append(nn.Linear(probe.shape[1], int(option["out"])))
        else:
            continue
        if word[0] != "input":
            probe = modules[-1](probe)
            if "relu" in word:
                modules.append(nn.ReLU(inplace=True))
    return nn.Sequential(*modules), shape, probe.shape[1]


def main():
    name, batch, images, epochs, threads = sys.argv[1], *(int(a) for a in sys.argv[2:6])
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    torch.set_flush_denormal(True)
    net, shape, classes = read_net(name)
    x = torch.rand(images, *shape) * (torch.rand(images, *shape) < 0.2)
    y = torch.randint(classes, (images,))
    opt = torch.optim.SGD(net.parameters(), lr=0.001, momentum=0.9, weight_decay=1e-4)
    for epoch in range(epochs):
        if epoch > 0:
            sys.stdin.readline()
        wall, cpu = time.monotonic(), time.process_time()
        order = torch.randperm(images)
        for first in range(0, images, batch):
            index = order[first:first + batch]
            opt.zero_grad(set_to_none=True)
            loss = functional.cross_entropy(net(x[index]), y[index])
            loss.backward()
            opt.step()
        took, used = time.monotonic() - wall, time.process_time() - cpu
        if epoch == 0:
            print("ready", flush=True)
        else:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            print(f"{images / took:.1f} {images / used:.1f} {peak}", flush=True)


main()
