import Foundation
import Kernels
import Testing

/// Inputs and outputs of ONNX's backend tests for padding and col2im.
@Suite("Conformance of padding and col2im")
struct PadConformanceTests {
  @Test(
    "ONNX Pad vectors pass; other element types are skipped by name",
    .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"), arguments: try cases(of: "Pad"),
    ISA.available)
  func pads(vectors: KernelVectors, isa: ISA) throws {
    let x = try #require(vectors.tensors.first)
    guard x.dtype == "float32" else {
      print("skipped \(vectors.name): there are no kernels over \(x.dtype)")
      return
    }
    let node = try #require(vectors.nodes?.first)
    let amounts = try numbers(vectors, node, "pads", input: 1)
    let axes = try numbers(vectors, node, "axes", input: 3)
    let rank = x.shape.count
    var (before, after) = (SIMD4<Int>(), SIMD4<Int>())
    for (position, axis) in (axes.isEmpty ? Array(0..<rank) : axes).enumerated() {
      let place = (axis + rank) % rank
      (before[place], after[place]) = (amounts[position], amounts[position + amounts.count / 2])
    }
    try #require(rank == 4 && before[0] == 0 && before[1] == 0 && after[0] == 0 && after[1] == 0)
    let modes: [String: PadGeometry.Mode] = ["constant": .constant, "reflect": .reflect, "edge": .replicate]
    let geometry = PadGeometry(
      batch: x.shape[0], channels: x.shape[1], input: SIMD2(x.shape[2], x.shape[3]),
      before: SIMD2(before[2], before[3]),
      after: SIMD2(after[2], after[3]), mode: try #require(modes[node.attributes["mode"]?.words.first ?? "constant"]),
      layout: .channelsFirst)
    let value = try node.number("value") ?? (node.inputs.count > 2 ? value(vectors, node.inputs[2]) : 0)
    let expected = try #require(vectors.tensors("output").first)
    var y = Tensor<Float>(shape: expected.shape, elements: .init(repeating: .nan, count: try geometry.outputCount))
    let input: Tensor<Float> = try vectors.tensor(x)
    var out = y.elements.mutableSpan
    try pad(input.elements.span, geometry, value: Float(value), into: &out, isa: isa)
    try vectors.expect(y, matches: expected)
  }

  @Test(
    "ONNX Col2Im vectors pass", .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"),
    arguments: try cases(of: "Col2Im"), ISA.available)
  func col2imVectors(vectors: KernelVectors, isa: ISA) throws {
    let node = try #require(vectors.nodes?.first)
    let image = try numbers(vectors, node, "", input: 1)
    let block = try numbers(vectors, node, "", input: 2)
    let axes = image.count
    let attribute = { (name: String, otherwise: Int, count: Int) in
      node.attributes[name]?.numbers.map { Int($0) } ?? [Int](repeating: otherwise, count: count)
    }
    let three = { (x: [Int], fill: Int) in
      let padded = [Int](repeating: fill, count: 3 - x.count) + x
      return SIMD3(padded[0], padded[1], padded[2])
    }
    let pads = attribute("pads", 0, 2 * axes)
    let expected = try #require(vectors.tensors("output").first)
    let geometry = ConvolutionGeometry(
      batch: expected.shape[0], channels: expected.shape[1], filters: 1, input: three(image, 1),
      kernel: three(block, 1),
      stride: three(attribute("strides", 1, axes), 1), dilation: three(attribute("dilations", 1, axes), 1),
      padding: .each(before: three(Array(pads.prefix(axes)), 0), after: three(Array(pads.suffix(axes)), 0)),
      layout: .channelsFirst)
    let columns: Tensor<Float> = try vectors.tensor(try #require(vectors.tensors.first))
    var x = Tensor<Float>(shape: expected.shape, elements: .init(repeating: .nan, count: try geometry.inputCount))
    var out = x.elements.mutableSpan
    try col2im(columns.elements.span, geometry, into: &out, isa: isa)
    try vectors.expect(x, matches: expected)
  }

  private static func cases(of op: String) throws -> [KernelVectors] {
    try KernelVectors.all(in: "onnx") { _ in true }.filter { ($0.nodes ?? []).map(\.op) == [op] }
  }

  /// Integers that a node has as an attribute or as an input; empty where it has neither.
  private func numbers(
    _ vectors: KernelVectors, _ node: KernelVectors.Node, _ name: String, input: Int
  ) throws -> [Int] {
    if let attribute = node.attributes[name] { return attribute.numbers.map { Int($0) } }
    guard node.inputs.count > input, let entry = node.inputs[input].flatMap({ vectors.entry($0) }) else { return [] }
    return try vectors.values(of: entry).map { Int($0) }
  }

  private func value(_ vectors: KernelVectors, _ name: String?) throws -> Double {
    try name.flatMap { vectors.entry($0) }.map { try vectors.values(of: $0)[0] } ?? 0
  }
}
