internal import Foundation

// The steps of training that are not matrix products, in plain Swift.  Sums run in ascending order, so that the bits
// depend on the operands alone.

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

/// y[i] <- U(-√(6 / inputs), √(6 / inputs)), which keeps the variance of activations through ReLU layers.
/// Source: K. He et al., Delving Deep into Rectifiers, 2015, equation 10.
func initialise(_ y: inout [Float], inputs: Int, _ random: inout SplitMix64) {
  let bound = (6 / Float(inputs)).squareRoot()
  for i in y.indices { y[i] = random.uniform(bound) }
}

/// What the softmax of the logits says of the right labels.
struct Score: Sendable {
  /// Sum of -ln p(label).
  var loss = 0.0
  var correct = 0

  static func += (a: inout Score, b: Score) {
    a.loss += b.loss
    a.correct += b.correct
  }
}

/// Row by row: z <- softmax(z), and the score of `labels`, one for each row.
func softmax(_ z: inout [Float], labels: ArraySlice<UInt8>, classes: Int) -> Score {
  var score = Score()
  for (r, label) in labels.enumerated() {
    let row = r * classes..<(r + 1) * classes
    // Of equal logits the first wins.
    let best = row.reduce(row.lowerBound) { z[$1] > z[$0] ? $1 : $0 }
    let top = z[best]
    if best - row.lowerBound == Int(label) { score.correct += 1 }
    var sum = 0.0
    let target = Double(z[row.lowerBound + Int(label)] - top)
    for i in row {
      // In Double and rounded once: whatever exp the system has, the Float is almost surely the correctly rounded one.
      let e = Float(exp(Double(z[i] - top)))
      z[i] = e
      sum += Double(e)
    }
    let scale = Float(1 / sum)
    for i in row { z[i] *= scale }
    score.loss += log(sum) - target
  }
  return score
}

/// d(mean loss)/d(logits) from the softmax p: dz <- (p - [label]) / rows.
func softmaxBackward(
  _ p: [Float], labels: ArraySlice<UInt8>, classes: Int, into dz: inout [Float]
) {
  let scale = 1 / Float(labels.count)
  for (r, label) in labels.enumerated() {
    for c in 0..<classes {
      dz[r * classes + c] = (p[r * classes + c] - (c == Int(label) ? 1 : 0)) * scale
    }
  }
}

/// dy[i] <- y[i] > 0 ? dy[i] : 0 for i < count, where y is the ReLU's output.
func reluBackward(_ y: [Float], _ dy: inout [Float], count: Int) {
  precondition(y.count >= count && dy.count >= count, "reluBackward: \(y.count) and \(dy.count) of \(count) elements")
  let y = y.span
  var dy = dy.mutableSpan
  for i in 0..<count {
    // SAFETY: i < count, checked above.  Loaded whatever y is, so that no branch follows the data.
    let gradient = unsafe dy[unchecked: i]
    unsafe dy[unchecked: i] = unsafe y[unchecked: i] > 0 ? gradient : 0
  }
}

/// Stochastic gradient descent with momentum: v <- momentum v + g; w <- w - rate v.
struct SGD: Sendable {
  var rate: Float
  var momentum: Float

  func step(_ w: inout [Float], velocity v: inout [Float], gradient g: [Float]) {
    precondition(w.count == v.count && w.count == g.count, "SGD: \(w.count), \(v.count) and \(g.count) elements")
    var w = w.mutableSpan
    var v = v.mutableSpan
    let g = g.span
    for i in 0..<w.count {
      // SAFETY: the three counts are equal, checked above.
      let step = unsafe momentum * v[unchecked: i] + g[unchecked: i]
      unsafe v[unchecked: i] = step
      unsafe w[unchecked: i] -= rate * step
    }
  }
}
