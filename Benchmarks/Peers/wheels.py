"""Times layers in ncnn, ONNX Runtime and OpenVINO for `bench`.

Reads a request a line from standard input, answers each with a line of JSON:

  {"peers": true}                                 {"versions": {"ncnn": "1.0", ...}, "folder": "/tmp/x"}
  {"make": 1, "peer": "ncnn", "layer": {...}}     {"call": false}
  {"time": 1, "count": 10}                        {"seconds": 0.0123, "overhead": 0.0}
  {"fetch": 1, "path": "y.bin"}                   {"ok": true}
  {"drop": 1}                                     {"ok": true}

The folder is for the files that requests name; it goes when standard input ends, however `bench` ended.

A layer has an "op", the file "x" of its float32 input, "threads" and the "cpus" they may use, and "kernel": true to
time the operation alone.
  convolution  with bias and ReLU: the names of benchdnn (g mb ic ih iw oc oh ow kh kw sh sw dh dw ph pw, dh and dw
               counted from 1 here), x NCHW, the files "w" (OIHW) and "b"
  softmax      of each row: rows, columns
  maxpool      as convolution, without weights

What is timed.  kernel: the operation, without conversions of layout: OpenVINO and ONNX Runtime by the times that their
own profilers give for its node, in whole microseconds; ncnn, which has no profiler in Python, by a chain of five equal
layers (seconds) minus one (overhead), both a quarter of what they took, where the output of a layer can be the input of
the next, and the whole call elsewhere.  Otherwise: the whole call from plain NCHW to plain NCHW, what a user of NCHW
data sees.  call says that it is the whole call, that of Python included.
"""

import json
import os
import signal
import sys
import tempfile
import time

import numpy


class Layer:
    def __init__(self, values):
        self.__dict__.update(values)
        self.x_data = numpy.fromfile(self.x, numpy.float32)
        if self.op == "softmax":
            self.x_data = self.x_data.reshape(self.rows, self.columns)
            return
        self.x_data = self.x_data.reshape(self.mb, self.ic, self.ih, self.iw)
        # Asymmetric only where the stride leaves rows over.
        self.pads = [self.ph, self.pw, self.after(self.ih, self.oh, self.kh, self.sh, self.dh, self.ph),
                     self.after(self.iw, self.ow, self.kw, self.sw, self.dw, self.pw)]
        if self.op == "convolution":
            self.w_data = numpy.fromfile(self.w, numpy.float32).reshape(self.oc, self.ic // self.g, self.kh, self.kw)
            self.b_data = numpy.fromfile(self.b, numpy.float32)

    @staticmethod
    def after(size, out, kernel, stride, dilation, before):
        return max(0, (out - 1) * stride + dilation * (kernel - 1) + 1 - size - before)

    @property
    def chains(self):
        return self.ic == self.oc and self.ih == self.oh and self.iw == self.ow


class NCNN:
    """Fastest of ncnn's convolution algorithms for the layer, float32 throughout."""

    LENGTH = 5

    def __init__(self, layer):
        self.layer = layer
        self.times_call = not (layer.kernel and layer.chains)
        self.inputs = None
        choices = [self.network(layer, 1, settings) for settings in self.settings(layer)]
        for network in choices:
            self.run(network, 1)
        times = [min(self.seconds(network, 1) for _ in range(3)) for network in choices]
        best = times.index(min(times))
        self.one = choices[best]
        if not self.times_call:
            self.many = self.network(layer, self.LENGTH, self.settings(layer)[best])

    @staticmethod
    def settings(layer):
        none = dict.fromkeys(("winograd", "winograd23", "winograd43", "winograd63"), False)
        variants = [none]
        if (layer.kh, layer.kw, layer.sh, layer.sw, layer.dh, layer.dw, layer.g) == (3, 3, 1, 1, 1, 1, 1):
            variants += [{**none, "winograd": True, name: True} for name in ("winograd23", "winograd43", "winograd63")]
        return variants

    @staticmethod
    def network(layer, length, settings):
        import ncnn

        net = ncnn.Net()
        net.opt.num_threads = layer.threads
        for name in ("fp16_packed", "fp16_storage", "fp16_arithmetic", "bf16_storage", "bf16_packed", "vulkan_compute"):
            if hasattr(net.opt, "use_" + name):
                setattr(net.opt, "use_" + name, False)
        for name, value in settings.items():
            setattr(net.opt, f"use_{name}_convolution", value)
        kind = "Convolution" if layer.g == 1 else "ConvolutionDepthWise"
        lines = ["Input in 0 1 t0"]
        for i in range(length):
            lines.append(
                f"{kind} c{i} 1 1 t{i} t{i + 1} 0={layer.oc} 1={layer.kw} 11={layer.kh} 2={layer.dw} 12={layer.dh} "
                f"3={layer.sw} 13={layer.sh} 4={layer.pads[1]} 14={layer.pads[0]} 15={layer.pads[3]} "
                f"16={layer.pads[2]} 5=1 6={layer.w_data.size} 9=1" + (f" 7={layer.g}" if layer.g > 1 else ""))
        with tempfile.TemporaryDirectory() as folder:
            param, model = os.path.join(folder, "net.param"), os.path.join(folder, "net.bin")
            with open(param, "w") as file:
                file.write(f"7767517\n{len(lines)} {len(lines)}\n" + "\n".join(lines) + "\n")
            with open(model, "wb") as file:
                for _ in range(length):
                    file.write(b"\0\0\0\0" + layer.w_data.tobytes() + layer.b_data.tobytes())
            if net.load_param(param) != 0 or net.load_model(model) != 0:
                raise RuntimeError("ncnn refused the layer")
        return net, f"t{length}"

    def run(self, network, count):
        import ncnn

        net, output = network
        if self.inputs is None:
            self.inputs = [ncnn.Mat(image).clone() for image in self.layer.x_data]
        for _ in range(count):
            outputs = []
            for image in self.inputs:
                extractor = net.create_extractor()
                extractor.input("t0", image)
                outputs.append(extractor.extract(output)[1])
        return outputs

    def seconds(self, network, count):
        start = time.perf_counter()
        self.run(network, count)
        return time.perf_counter() - start

    def time(self, count):
        if self.times_call:
            return self.seconds(self.one, count), 0
        return [self.seconds(network, count) / (self.LENGTH - 1) for network in (self.many, self.one)]

    def fetch(self):
        return numpy.stack([numpy.array(y) for y in self.run(self.one, 1)])


class ONNXRuntime:
    def __init__(self, layer):
        import onnx

        self.layer = layer
        helper, kind = onnx.helper, onnx.TensorProto.FLOAT
        nodes, constants = getattr(self, layer.op)(layer, onnx)
        graph = helper.make_graph(
            nodes, "layer", [helper.make_tensor_value_info("x", kind, layer.x_data.shape)],
            [helper.make_tensor_value_info("y", kind, None)], constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        model.ir_version = 8
        self.model = model.SerializeToString()
        self.plain = self.session(profile=None)
        self.times_call = not layer.kernel

    @staticmethod
    def convolution(layer, onnx):
        conv = onnx.helper.make_node(
            "Conv", ["x", "w", "b"], ["c"], group=layer.g, kernel_shape=[layer.kh, layer.kw],
            strides=[layer.sh, layer.sw], dilations=[layer.dh, layer.dw], pads=layer.pads)
        constants = [onnx.numpy_helper.from_array(layer.w_data, "w"), onnx.numpy_helper.from_array(layer.b_data, "b")]
        return [conv, onnx.helper.make_node("Relu", ["c"], ["y"])], constants

    @staticmethod
    def softmax(layer, onnx):
        return [onnx.helper.make_node("Softmax", ["x"], ["y"], axis=-1)], []

    @staticmethod
    def maxpool(layer, onnx):
        return [onnx.helper.make_node(
            "MaxPool", ["x"], ["y"], kernel_shape=[layer.kh, layer.kw], strides=[layer.sh, layer.sw],
            dilations=[layer.dh, layer.dw], pads=layer.pads)], []

    def session(self, profile):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.layer.threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0" if self.layer.threads == 1 else "1")
        if profile:
            options.enable_profiling = True
            options.profile_file_prefix = profile
        return onnxruntime.InferenceSession(self.model, options, providers=["CPUExecutionProvider"])

    def time(self, count):
        if self.times_call:
            self.plain.run(None, {"x": self.layer.x_data})
            start = time.perf_counter()
            for _ in range(count):
                self.plain.run(None, {"x": self.layer.x_data})
            return time.perf_counter() - start, 0
        with tempfile.TemporaryDirectory() as folder:
            session = self.session(os.path.join(folder, "profile"))
            for _ in range(count + 2):
                session.run(None, {"x": self.layer.x_data})
            with open(session.end_profiling()) as file:
                events = json.load(file)
        durations = [e["dur"] for e in events if e.get("cat") == "Node" and e["name"].endswith("_kernel_time")
                     and e["args"]["op_name"] not in ("ReorderInput", "ReorderOutput")]
        per_run = len(durations) // (count + 2)
        return sum(durations[2 * per_run:]) * 1e-6, 0

    def fetch(self):
        return self.plain.run(None, {"x": self.layer.x_data})[0]


class OpenVINO:
    def __init__(self, layer):
        import openvino
        from openvino import opset13 as ops

        self.layer = layer
        self.times_call = not layer.kernel
        x = ops.parameter(list(layer.x_data.shape), numpy.float32, name="x")
        y = getattr(self, layer.op)(layer, ops, x)
        compiled = openvino.Core().compile_model(openvino.Model([y], [x]), "CPU", {
            "INFERENCE_NUM_THREADS": layer.threads, "INFERENCE_PRECISION_HINT": "f32", "PERF_COUNT": layer.kernel,
            "PERFORMANCE_HINT": "LATENCY"})
        self.node = {"convolution": "Convolution", "softmax": "Softmax", "maxpool": "pool"}[layer.op]
        self.request = compiled.create_infer_request()
        self.request.set_input_tensor(openvino.Tensor(layer.x_data))

    @staticmethod
    def convolution(layer, ops, x):
        strides, dilations = [layer.sh, layer.sw], [layer.dh, layer.dw]
        before, after = layer.pads[:2], layer.pads[2:]
        if layer.g == 1:
            y = ops.convolution(x, ops.constant(layer.w_data), strides, before, after, dilations)
        else:
            shape = (layer.g, layer.oc // layer.g, layer.ic // layer.g, layer.kh, layer.kw)
            y = ops.group_convolution(x, ops.constant(layer.w_data.reshape(shape)), strides, before, after, dilations)
        return ops.relu(ops.add(y, ops.constant(layer.b_data.reshape(1, layer.oc, 1, 1))))

    @staticmethod
    def softmax(layer, ops, x):
        return ops.softmax(x, -1)

    @staticmethod
    def maxpool(layer, ops, x):
        pool = ops.max_pool(x, [layer.sh, layer.sw], [layer.dh, layer.dw], layer.pads[:2], layer.pads[2:],
                            [layer.kh, layer.kw])
        return pool.output(0)

    def time(self, count):
        self.request.infer()
        start, kernels = time.perf_counter(), 0
        for _ in range(count):
            self.request.infer()
            if not self.times_call:
                kernels += sum(info.real_time.total_seconds() for info in self.request.get_profiling_info()
                               if self.node.lower() in info.node_type.lower())
        return time.perf_counter() - start if self.times_call else kernels, 0

    def fetch(self):
        self.request.infer()
        return self.request.get_output_tensor().data


# Each peer's class and the modules that it needs, its own first.
PEERS = {"ncnn": (NCNN, "ncnn"), "onnxruntime": (ONNXRuntime, "onnxruntime", "onnx"), "openvino": (OpenVINO, "openvino")}


def versions():
    found = {}
    for peer, (_, *modules) in PEERS.items():
        try:
            found[peer] = [__import__(module) for module in modules][0].__version__.split("-")[0]
        except Exception:  # whatever a broken installation throws
            pass
    if "openvino" in found:
        # It counts the CPUs that it may use once, when its plugin is loaded: before a layer is confined to one of them.
        sys.modules["openvino"].Core().get_property("CPU", "FULL_DEVICE_NAME")
    return found


def answer(request, made, folder):
    if "peers" in request:
        return {"versions": versions(), "folder": folder}
    if "make" in request:
        # Threads made from here on inherit it.
        os.sched_setaffinity(0, request["layer"]["cpus"])
        made[request["make"]] = PEERS[request["peer"]][0](Layer(request["layer"]))
        return {"call": made[request["make"]].times_call}
    if "time" in request:
        return dict(zip(("seconds", "overhead"), made[request["time"]].time(request["count"])))
    if "fetch" in request:
        numpy.ascontiguousarray(made[request["fetch"]].fetch(), numpy.float32).tofile(request["path"])
        return {"ok": True}
    made.pop(request["drop"], None)
    return {"ok": True}


def main():
    # An interrupt from the keyboard ends `bench`, and with it standard input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What the libraries print must not mix with the answers.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    made = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for line in sys.stdin:
            try:
                result = answer(json.loads(line), made, folder)
            except Exception as error:
                result = {"error": f"{type(error).__name__}: {error}"}
            print(json.dumps(result), file=out, flush=True)


main()
