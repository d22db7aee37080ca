import Kernels
import Testing

/// The pretrained face-detection networks of MTCNN on a photograph, stage by stage and from pixels to the face.
@Suite("Conformance of a face detector")
struct FaceConformanceTests {
  private static let vectors = try? KernelVectors.all(in: "e2e") { $0.hasPrefix("mtcnn") }.first

  @Test(
    "every stage of MTCNN has PyTorch's outputs", .enabled(if: vectors != nil, "\(KernelVectors.absence)"),
    arguments: ISA.available)
  func stages(isa: ISA) throws {
    try checkStages(Double.self, isa)
    try checkStages(Float.self, isa)
  }

  @Test(
    "MTCNN finds the face in the photograph", .enabled(if: vectors != nil, "\(KernelVectors.absence)"),
    arguments: ISA.available)
  func detection(isa: ISA) throws {
    let vectors = try #require(Self.vectors)
    let photograph = try #require(vectors.entry("image_rgb_u8"))
    let pixels = try vectors.values(of: photograph)
    let (height, width) = (photograph.shape[0], photograph.shape[1])
    let planes = (0..<3).flatMap { channel in
      (0..<height * width).map { Float(pixels[$0 * 3 + channel]) }
    }
    let detector = FaceDetector(
      networks: try FaceNetworks<Float>(vectors, isa: isa),
      image: Tensor(shape: [1, 3, height, width], elements: planes), isa: isa)
    let (faces, inputs) = try detector.detect()
    for (index, seen) in inputs.scales.enumerated() { try expect(seen, "pnet_\(index)", isa) }
    try expect(inputs.refined, "rnet_0", isa)
    try expect(inputs.last, "onet_0", isa)
    try #require(faces.count == 1)
    try expect(Tensor(shape: [1, 4], elements: (0..<4).map { faces[0].box[$0] }), "boxes", isa)
    try expect(Tensor(shape: [1], elements: [faces[0].score]), "face_prob", isa)
    try expect(Tensor(shape: [1, 5, 2], elements: faces[0].points), "landmarks", isa)
  }

  private func checkStages<T: KernelScalar>(_: T.Type, _ isa: ISA) throws {
    let vectors = try #require(Self.vectors)
    let networks = try FaceNetworks<T>(vectors, isa: isa)
    for entry in vectors.tensors("input") where entry.dtype == "float32" {
      let x: Tensor<T> = try vectors.tensor(entry)
      if entry.name.hasPrefix("pnet") {
        let (probability, box) = try networks.proposals(x)
        try expect(probability, entry.name + ".prob", isa)
        try expect(box, entry.name + ".box", isa)
      } else if entry.name.hasPrefix("rnet") {
        let (probability, box) = try networks.refined(x)
        try expect(probability, entry.name + ".prob", isa)
        try expect(box, entry.name + ".box", isa)
      } else {
        let (probability, box, points) = try networks.outputs(x)
        try expect(probability, entry.name + ".prob", isa)
        try expect(box, entry.name + ".box", isa)
        try expect(points, entry.name + ".points", isa)
      }
    }
  }

  /// The elements that are stated, as the README of the vectors asks: of crops only the first are.
  private func expect<T: KernelScalar>(_ got: Tensor<T>, _ name: String, _ isa: ISA) throws {
    let vectors = try #require(Self.vectors)
    let entry = try #require(vectors.entry(name))
    let want = try vectors.values(of: entry)
    try #require(got.elements.count >= want.count, "\(name): \(got.shape), not \(entry.shape)")
    let scale = want.reduce(0) { max($0, $1.magnitude) }
    // Where products and sums are rounded each, there are twice the roundings.
    let bound = (T.self == Double.self ? 1e-12 * max(1, scale) : 2e-6 * scale + 1e-7) * (isa.fused ? 1 : 2)
    let error = zip(got.elements, want).reduce(0) { max($0, (Double($1.0) - $1.1).magnitude) }
    #expect(error <= bound, "\(name) is off by \(error), beyond \(bound)")
  }
}
