/// Interpolation along three axes, written out: which inputs each output sees, and what each is worth.
public struct ReferenceResampling: Sendable {
  /// Where an output lies between the inputs.
  public enum Coordinate: Sendable { case nearest, nearestCenter, linear, linearCorners }

  /// For each output, in row-major order, the flat indices of its inputs and their weights, which add up to 1.
  public let terms: [[(index: Int, weight: Double)]]

  /// The elements of a channel of the input.
  public let inputCount: Int

  public init(_ coordinate: Coordinate, input: [Int], output: [Int]) {
    inputCount = input.reduce(1, *)
    let axes = input.indices.map { i in
      (0..<output[i]).map { ReferenceResampling.beside(coordinate, $0, input[i], output[i]) }
    }
    var terms: [[(index: Int, weight: Double)]] = []
    for d in axes[0] {
      for h in axes[1] {
        for w in axes[2] {
          terms.append(
            d.flatMap { d in
              h.flatMap { h in
                w.map { (($0.index + input[2] * (h.index + input[1] * d.index)), $0.weight * h.weight * d.weight) }
              }
            })
        }
      }
    }
    self.terms = terms
  }

  /// The one or two inputs beside output `o` of an axis, which lies at `at` / `unit` among them.
  private static func beside(
    _ coordinate: Coordinate, _ o: Int, _ inputs: Int, _ outputs: Int
  ) -> [(index: Int, weight: Double)] {
    let (at, unit) =
      switch coordinate {
      case .nearest: (o * inputs, outputs)
      case .nearestCenter: ((2 * o + 1) * inputs, 2 * outputs)
      case .linear: (max(0, (2 * o + 1) * inputs - outputs), 2 * outputs)
      case .linearCorners: (o * (inputs - 1), max(1, outputs - 1))
      }
    let (low, part) = min(at, (inputs - 1) * unit).quotientAndRemainder(dividingBy: unit)
    guard coordinate == .linear || coordinate == .linearCorners, part > 0 else { return [(low, 1)] }
    return [(low, Double(unit - part) / Double(unit)), (low + 1, Double(part) / Double(unit))]
  }

  /// y, and how far a computed one may lie from it: 5 u of the interpolated magnitudes for each of three axes, for two
  /// products, a sum and two rounded weights.
  public func interpolated<T: ReferenceScalar>(_ x: [T]) -> [(value: Double, bound: Double)] {
    terms.map { terms in
      let value = terms.reduce(0) { $0 + $1.weight * Double(x[$1.index]) }
      let scale = terms.reduce(0) { $0 + $1.weight * Double(x[$1.index].magnitude) }
      return (value, 15 * T.unitRoundoff * scale + 16 * 0x1p-53 * scale)
    }
  }

  /// dx, within (n + 10) u of the magnitudes of its n terms.
  public func gradient<T: ReferenceScalar>(_ dy: [T]) -> [(value: Double, bound: Double)] {
    var values = [Double](repeating: 0, count: inputCount)
    var scales = values
    var counts = values
    for (terms, dy) in zip(terms, dy) {
      for (index, weight) in terms {
        values[index] += weight * Double(dy)
        scales[index] += weight * Double(dy.magnitude)
        counts[index] += 1
      }
    }
    return values.indices.map { i in
      // The sums here are of doubles, too.
      (values[i], (counts[i] + 10) * (T.unitRoundoff + 0x1p-53) * scales[i])
    }
  }
}
