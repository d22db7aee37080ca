import CBench
import KernelProperties
import Kernels

/// The operands of one product, filled with random numbers, which every contender shares.
final class GEMMProblem<T: BenchmarkScalar> {
  let m: Int
  let n: Int
  let k: Int
  let layout: GEMMLayout
  let a: Buffer<T>
  let b: Buffer<T>
  let c: Buffer<T>

  init(_ shape: GEMMShape) {
    (m, n, k, layout) = (shape.m, shape.n, shape.k, shape.layout)
    var random = SplitMix64(seed: 1)
    a = Buffer(count: m * k) { random.nextSigned() }
    b = Buffer(count: k * n) { random.nextSigned() }
    c = Buffer(count: m * n) { .nan }
  }

  var aShape: MatrixShape { layout.transposesA ? .columnMajor(m, k) : .rowMajor(m, k) }
  var bShape: MatrixShape { layout.transposesB ? .columnMajor(k, n) : .rowMajor(k, n) }
  var cShape: MatrixShape { .rowMajor(m, n) }

  var operands: [cb_range] {
    [cb_range(start: a.pointer, bytes: a.byteCount), cb_range(start: b.pointer, bytes: b.byteCount)]
  }

  /// The worst of |C - AB| / ((K + 2) u |A||B|) over the corners of C and a random sample of its elements, as many as
  /// `budget` multiply-adds check.
  func errorOverBound(budget: Int = 1 << 24) -> Double {
    var random = SplitMix64(seed: 2)
    let samples = min(m * n, max(64, budget / k))
    var worst = 0.0
    for sample in 0..<samples {
      let place = samples == m * n ? sample : Int.random(in: 0..<m * n, using: &random)
      worst = max(worst, errorOverBound(row: place / n, column: place % n))
    }
    for (row, column) in [(0, 0), (0, n - 1), (m - 1, 0), (m - 1, n - 1)] {
      worst = max(worst, errorOverBound(row: row, column: column))
    }
    return worst
  }

  private func errorOverBound(row: Int, column: Int) -> Double {
    let (aShape, bShape) = (aShape, bShape)
    let exact = T.accurateDot(
      a.pointer + aShape.index(row: row, column: 0), aShape.columnStride,
      b.pointer + bShape.index(row: 0, column: column), bShape.rowStride, count: k)
    let error = abs((Double(c.pointer[row * n + column]) - exact.high) - exact.low)
    if error == 0 { return 0 }
    let bound = Double(k + 2) * T.dtype.unitRoundoff * exact.magnitude
    // NaN, which an element never written would be, must not pass.
    return error.isNaN ? .infinity : error / bound
  }

  /// Overwrites the output, so that the next check cannot pass on another contender's result.
  func spoilOutput() {
    c.mutableElements.update(repeating: .nan)
  }
}
