import Foundation
import Testing

/// One case of the format kernel-vectors/1: a JSON file that describes tensors, and a file that holds them.
struct KernelVectors: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let op: String
  let group: String
  let attributes: [String: Attribute]?
  let nodes: [Node]?
  let tensors: [TensorEntry]
  let blob: String
  let rtol: Double?
  let atol: Double?
  /// Where the function has no derivative.
  let kink_at: [Int]?
  /// Where torch's float64 lost accuracy, and what is right.
  let true_values: [TrueValue]?
  private(set) var data = Data()

  private enum CodingKeys: String, CodingKey {
    case name, op, group, attributes, nodes, tensors, blob, rtol, atol, kink_at, true_values
  }

  struct TrueValue: Decodable, Sendable {
    let tensor: String
    let index: Int
    let `true`: Attribute
  }

  /// One operation of a graph; a missing optional input or output is nil.
  struct Node: Decodable, Sendable {
    let op: String
    let inputs: [String?]
    let outputs: [String?]
    let attributes: [String: Attribute]
    let defaults: [String: Attribute]?

    private enum CodingKeys: String, CodingKey { case op, inputs, outputs, attributes, defaults, `in`, out, attrs }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      op = try values.decode(String.self, forKey: .op)
      inputs =
        try values.decodeIfPresent([String?].self, forKey: .inputs)
        ?? values.decodeIfPresent([String?].self, forKey: .in) ?? []
      outputs =
        try values.decodeIfPresent([String?].self, forKey: .outputs)
        ?? (try? values.decodeIfPresent(String.self, forKey: .out)).map { [$0] }
        ?? values.decodeIfPresent([String?].self, forKey: .out) ?? []
      attributes =
        try values.decodeIfPresent([String: Attribute].self, forKey: .attributes)
        ?? values.decodeIfPresent([String: Attribute].self, forKey: .attrs) ?? [:]
      defaults = try values.decodeIfPresent([String: Attribute].self, forKey: .defaults)
    }

    /// The number that the node gives, or the operation's default.
    func number(_ name: String) -> Double? { (attributes[name] ?? defaults?[name])?.numbers.first }
  }

  /// Where a tensor lies in the file, and what it is for.
  struct TensorEntry: Decodable, Sendable {
    let name: String
    let role: String
    let dtype: String
    let shape: [Int]
    let offset: Int
    let nbytes: Int
    let of: String?
    let torch_f32_max_abs_err: Attribute?
    let max_abs: Attribute?
    /// Where torch's float32 is infinite or NaN and its float64 is not, or the reverse.
    let torch_f32_class_differs_at: [Int]?
  }

  var testDescription: String { name }

  func number(_ name: String) -> Double? { attributes?[name]?.numbers.first }
}

/// A value of an attribute: a number, a word, or a list of them.  "nan", "inf" and "-inf" are numbers, true is 1.
struct Attribute: Decodable, Sendable {
  let numbers: [Double]
  let words: [String]

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let number = try? value.decode(Double.self) {
      (numbers, words) = ([number], [])
    } else if let flag = try? value.decode(Bool.self) {
      (numbers, words) = ([flag ? 1 : 0], [])
    } else if let word = try? value.decode(String.self) {
      (numbers, words) = (Double(word).map { [$0] } ?? [], [word])
    } else if let list = try? value.decode([Attribute].self) {
      (numbers, words) = (list.flatMap(\.numbers), list.flatMap(\.words))
    } else {
      (numbers, words) = ([], [])
    }
  }
}

// MARK: Reading

extension KernelVectors {
  /// `SWIFT_KERNELS_CONFORMANCE`, or `../shared/conformance` beside the checkout; nil where there is none.
  static let folder: URL? = {
    let named = ProcessInfo.processInfo.environment["SWIFT_KERNELS_CONFORMANCE"].map { URL(filePath: $0) }
    let checkout = (0..<4).reduce(URL(filePath: #filePath)) { path, _ in path.deletingLastPathComponent() }
    let folder = named ?? checkout.appending(path: "../shared/conformance").standardizedFileURL
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  /// Why there is nothing to check.
  static let absence = "no conformance vectors: set SWIFT_KERNELS_CONFORMANCE to their folder"

  /// Every case of `group` ("onnx", "torch", "e2e") whose file name passes, sorted by name.
  static func all(in group: String, where passes: (String) -> Bool) throws -> [KernelVectors] {
    guard let folder = folder?.appending(path: group) else { return [] }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return try names.filter { $0.hasSuffix(".json") && $0 != "INDEX.json" && passes($0) }.sorted().map { name in
      var vectors = try JSONDecoder().decode(
        KernelVectors.self, from: Data(contentsOf: folder.appending(path: name)))
      vectors.data = try Data(contentsOf: folder.appending(path: vectors.blob))
      return vectors
    }
  }

  func tensors(_ role: String) -> [TensorEntry] { tensors.filter { $0.role == role } }

  func entry(_ name: String) -> TensorEntry? { tensors.first { $0.name == name } }

  /// The elements of a tensor, each converted to `Double`, which is exact but for 64-bit integers beyond 2^53.
  func values(of entry: TensorEntry) throws -> [Double] {
    let bytes = data[entry.offset..<entry.offset + entry.nbytes]
    switch entry.dtype {
    case "float32": return read(bytes) { Double(Float(bitPattern: $0)) }
    case "float64": return read(bytes) { Double(bitPattern: $0) }
    case "float16": return read(bytes, halfToDouble)
    case "bfloat16": return read(bytes) { (x: UInt16) in Double(Float(bitPattern: UInt32(x) << 16)) }
    case "int8": return read(bytes) { (x: Int8) in Double(x) }
    case "uint8", "bool": return read(bytes) { (x: UInt8) in Double(x) }
    case "int16": return read(bytes) { (x: Int16) in Double(x) }
    case "uint16": return read(bytes) { (x: UInt16) in Double(x) }
    case "int32": return read(bytes) { (x: Int32) in Double(x) }
    case "uint32": return read(bytes) { (x: UInt32) in Double(x) }
    case "int64": return read(bytes) { (x: Int64) in Double(x) }
    case "uint64": return read(bytes) { (x: UInt64) in Double(x) }
    default: throw UnknownType(dtype: entry.dtype)
    }
  }

  struct UnknownType: Error { let dtype: String }

  /// Little-endian integers of any alignment.
  private func read<Bits: FixedWidthInteger>(_ bytes: Data, _ convert: (Bits) -> Double) -> [Double] {
    let width = Bits.bitWidth / 8
    return stride(from: bytes.startIndex, to: bytes.endIndex, by: width).map { start in
      convert(bytes[start..<start + width].reversed().reduce(0) { ($0 &<< 8) | Bits(truncatingIfNeeded: $1) })
    }
  }

  /// binary16 by its definition; `Float16` does not exist everywhere.
  private func halfToDouble(_ bits: UInt16) -> Double {
    let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023))
    let magnitude =
      switch exponent {
      case 0: fraction * 0x1p-24
      case 31: fraction == 0 ? Double.infinity : .nan
      default: Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
      }
    return bits >> 15 == 1 ? -magnitude : magnitude
  }
}
