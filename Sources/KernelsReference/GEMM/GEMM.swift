/// What a matrix product must be, and how far a computed one may lie from it, element by element.
public struct ReferenceProduct<T: ReferenceScalar>: Sendable {
  public let rows: Int
  public let columns: Int

  /// K, the number of terms in each sum.
  public let depth: Int

  /// `αAB + βC`, row-major, as exact as `T.Wide` allows: its own error is a factor `4u` below the bound.
  public let values: [T.Wide]

  /// `|α||A||B| + |βC|`, row-major: the scale on which rounding errors are measured.
  public let scales: [Double]

  @inlinable init(rows: Int, columns: Int, depth: Int, values: [T.Wide], scales: [Double]) {
    self.rows = rows
    self.columns = columns
    self.depth = depth
    self.values = values
    self.scales = scales
  }

  /// How far element `index` may lie from `values[index]`: `(K + 2) u (|α||A||B| + |βC|)`.
  ///
  /// Each term meets at most K + 2 roundings (its product, the additions, α, the addition of βC), and each contributes
  /// at most `u` of it [Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.5; without second-order
  /// terms by Jeannerod and Rump, 2013].  Holds barring underflow and overflow.
  @inlinable public func bound(at index: Int) -> Double { Double(depth + 2) * T.unitRoundoff * scales[index] }

  /// The error of `got` as a fraction of the bound: at most 1 for a correct kernel; infinite for a NaN or an infinity,
  /// and for anything but the exact value where the bound is 0.
  @inlinable public func errorOverBound(of got: T, at index: Int) -> Double {
    let error = values[index].distance(to: got)
    if error == 0 { return 0 }
    let ratio = error / bound(at: index)
    return ratio.isNaN ? .infinity : ratio
  }
}

/// `αAB + βC` by the definition: three loops, in `T.Wide`.
///
/// `C` is not read when `β = 0`; `A` and `B` are not read when `α = 0`.
///
/// - Parameters:
///   - a: M × K
///   - b: K × N
///   - c: M × N
/// - Precondition: the shapes agree and every element that is read is finite.
@inlinable
public func referenceGEMM<T: ReferenceScalar>(
  alpha: T = 1, _ a: ReferenceMatrix<T>, _ b: ReferenceMatrix<T>, beta: T = 0, _ c: ReferenceMatrix<T>
) -> ReferenceProduct<T> {
  precondition(a.columns == b.rows && c.rows == a.rows && c.columns == b.columns, "shapes do not agree")
  var values: [T.Wide] = []
  var scales: [Double] = []
  for i in 0..<c.rows {
    for j in 0..<c.columns {
      var sum = T.Wide(0)
      var magnitude = 0.0
      for p in 0..<(alpha == 0 ? 0 : a.columns) {
        sum = sum + T.Wide(a[i, p]) * b[p, j]
        magnitude += Double(a[i, p].magnitude) * Double(b[p, j].magnitude)
      }
      let old = beta == 0 ? 0 : c[i, j]
      values.append(sum * alpha + T.Wide(old) * beta)
      scales.append(Double(alpha.magnitude) * magnitude + Double(beta.magnitude) * Double(old.magnitude))
    }
  }
  return ReferenceProduct(rows: c.rows, columns: c.columns, depth: a.columns, values: values, scales: scales)
}
