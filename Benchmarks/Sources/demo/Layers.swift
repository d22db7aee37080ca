import Kernels

/// Sets row r of `x` to the pixels of image `order[r]`, normalised.
func gather(
  _ data: FashionMNIST, _ order: ArraySlice<Int>, _ normalisation: Normalisation, into x: inout [Float]
) {
  let pixels = FashionMNIST.pixels
  precondition(x.count >= order.count * pixels, "gather: \(x.count) elements for \(order.count) images")
  let bytes = data.images.span
  var x = x.mutableSpan
  for (r, image) in order.enumerated() {
    precondition(image >= 0 && (image + 1) * pixels <= bytes.count, "gather: image \(image) of \(data.count)")
    for p in 0..<pixels {
      // SAFETY: both rows are inside their buffers by the preconditions.
      let byte = unsafe bytes[unchecked: image * pixels + p]
      unsafe x[unchecked: r * pixels + p] = Float(byte) * normalisation.scale + normalisation.shift
    }
  }
}

/// What the logits say of the right labels.
struct Score: Sendable {
  /// Sum of -ln p(label).
  var loss = 0.0
  var correct = 0

  static func += (a: inout Score, b: Score) {
    a.loss += b.loss
    a.correct += b.correct
  }
}

/// How many rows of `z` have their greatest element at their label; of equal ones the first.
func countCorrect(_ z: [Float], labels: [Int], classes: Int) -> Int {
  labels.indices.count { r in
    let row = r * classes..<(r + 1) * classes
    return row.reduce(row.lowerBound) { z[$1] > z[$0] ? $1 : $0 } - row.lowerBound == labels[r]
  }
}
