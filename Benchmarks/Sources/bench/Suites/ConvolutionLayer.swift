import CBench
import CKernels
import Foundation

/// A convolution layer in the words of oneDNN's benchdnn.
struct ConvolutionLayer: Sendable {
  /// As the file has it: `g1mb1ic64ih56oc64oh56kh3ph1n"resnet:3x3@56"`.
  let text: String
  let section: String
  let groups: Int
  let batch: Int
  let channels: Int
  let filters: Int
  /// Height and width of each.
  let input: SIMD2<Int>
  let output: SIMD2<Int>
  let kernel: SIMD2<Int>
  let stride: SIMD2<Int>
  /// 1 where the kernel is dense.
  let dilation: SIMD2<Int>
  let padBefore: SIMD2<Int>

  /// What the output's size leaves to pad; negative where the stride leaves rows over.
  var padAfter: SIMD2<Int> {
    (output &- SIMD2(1, 1)) &* stride &+ dilation &* (kernel &- SIMD2(1, 1)) &+ SIMD2(1, 1) &- input &- padBefore
  }

  init?(_ text: String, section: String) {
    let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
    guard let fields = Self.fields(parts[0].hasSuffix("n") ? String(parts[0].dropLast()) : String(parts[0])) else {
      return nil
    }
    let pair = { (key: String, missing: Int) in
      let height = fields[key + "h"] ?? missing
      return SIMD2(height, fields[key + "w"] ?? height)
    }
    guard let ic = fields["ic"], let oc = fields["oc"], fields["ih"] != nil, fields["oh"] != nil,
      fields["kh"] != nil
    else { return nil }
    (self.text, self.section) = (text, section)
    (groups, batch, channels, filters) = (fields["g"] ?? 1, fields["mb"] ?? 1, ic, oc)
    (input, output, kernel, stride) = (pair("i", 1), pair("o", 1), pair("k", 1), pair("s", 1))
    (dilation, padBefore) = (pair("d", 0) &+ SIMD2(1, 1), pair("p", 0))
  }

  /// "ic64ih56" as ["ic": 64, "ih": 56].
  private static func fields(_ text: String) -> [String: Int]? {
    var fields: [String: Int] = [:]
    var rest = text[...]
    while !rest.isEmpty {
      let key = rest.prefix { $0.isLetter }
      let digits = rest.dropFirst(key.count).prefix { $0.isNumber }
      guard !key.isEmpty, let number = Int(digits) else { return nil }
      fields[String(key)] = number
      rest = rest.dropFirst(key.count + digits.count)
    }
    return fields
  }

  /// As the kernels take it.
  func geometry(_ layout: ck_channels) -> ck_conv {
    ck_conv(
      batch: batch, groups: groups, channels: channels, filters: filters, input: (1, input.x, input.y),
      kernel: (1, kernel.x, kernel.y), stride: (1, stride.x, stride.y), dilation: (1, dilation.x, dilation.y),
      pad_before: (0, padBefore.x, padBefore.y), pad_after: (0, padAfter.x, padAfter.y), output_padding: (0, 0, 0),
      layout: layout, weights: CK_FILTERS_FIRST, flipped: false, transposed: false)
  }

  /// As the peers take it.
  func peerLayer(channelsLast: Bool) -> cb_conv_layer {
    cb_conv_layer(
      groups: groups, batch: batch, channels: channels, filters: filters, input: (input.x, input.y),
      output: (output.x, output.y), kernel: (kernel.x, kernel.y), stride: (stride.x, stride.y),
      dilation: (dilation.x, dilation.y), pad_before: (padBefore.x, padBefore.y), pad_after: (padAfter.x, padAfter.y),
      channels_last: channelsLast)
  }
}

extension ConvolutionLayer {
  /// As `Peers/wheels.py` takes it.
  var words: [String: Any] {
    [
      "g": groups, "mb": batch, "ic": channels, "ih": input.x, "iw": input.y, "oc": filters, "oh": output.x,
      "ow": output.y, "kh": kernel.x, "kw": kernel.y, "sh": stride.x, "sw": stride.y, "dh": dilation.x,
      "dw": dilation.y, "ph": padBefore.x, "pw": padBefore.y,
    ]
  }
}

/// Reads `Shapes/convolution.txt`: a layer a line under `[section]` headings, `#` starts a comment.
func readConvolutionLayers() throws -> [ConvolutionLayer] { try readLayers("convolution.txt") }

/// Reads the layers of a shape file.
func readLayers(_ file: String) throws -> [ConvolutionLayer] {
  try readShapeLines(file).map { line in
    guard let layer = ConvolutionLayer(line.text, section: line.section) else {
      throw BenchError(
        "\(file):\(line.number): expected a layer such as g1mb1ic64ih56oc64oh56kh3ph1, got '\(line.text)'")
    }
    return layer
  }
}
