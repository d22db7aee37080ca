import CBench
import Foundation
import KernelProperties
import Kernels

/// Softmax and logSoftmax of rows.  Its operations are elements: GFLOP/s reads as Gelem/s.
struct SoftmaxSuite: Suite {
  let name = "softmax"

  func cases(_ request: Request) throws -> [Case] {
    let shapes = try readShapeLines("rows.txt").map { line in
      let sizes = line.text.split(separator: " ").compactMap { Int($0) }
      guard sizes.count == 2, sizes.allSatisfy({ $0 > 0 }) else {
        throw BenchError("rows.txt:\(line.number): expected ROWS COLUMNS, got '\(line.text)'")
      }
      return (rows: sizes[0], columns: sizes[1], section: line.section)
    }
    return ["softmax", "log_softmax"].flatMap { kernel in
      request.cases(of: shapes) { dtype, shape, isa, threads in
        let count = shape.rows * shape.columns
        let bytes = Double(count * dtype.byteCount)
        return Case(
          operation: .softmax, kernel: kernel, dtype: dtype, shape: "\(shape.rows)x\(shape.columns)", isa: isa,
          threads: threads,
          section: shape.section, flops: Double(count), bytesRead: bytes, bytesWritten: bytes, squareSize: nil,
          elements: count,
          prepare: {
            let log = kernel == "log_softmax"
            switch dtype {
            case .f32:
              return prepare(SoftmaxProblem<Float>(shape.rows, shape.columns, log: log), isa, threads, request.peers)
            case .f64:
              return prepare(SoftmaxProblem<Double>(shape.rows, shape.columns, log: log), isa, threads, request.peers)
            }
          })
      }
    }
  }

  private func prepare<T: BenchmarkScalar>(
    _ problem: SoftmaxProblem<T>, _ isa: ISA, _ threads: Int, _ peers: [any Peer]
  ) -> PreparedCase {
    let shape = AxisShape(rows: problem.rows, columns: problem.columns)
    return PreparedCase(
      ours: Contender(name: "ours") { count in
        let x = problem.x.elements.span
        var y = problem.y.mutableElements.mutableSpan
        for _ in 0..<count {
          if problem.log {
            try logSoftmax(x, shape, into: &y, isa: isa, threads: threads)
          } else {
            try softmax(x, shape, into: &y, isa: isa, threads: threads)
          }
        }
      },
      peers: peers.compactMap { $0.softmax(problem, threads: threads) },
      operands: [cb_range(start: problem.x.pointer, bytes: problem.x.byteCount)],
      spoilOutput: problem.spoilOutput, errorOverBound: problem.errorOverBound)
  }
}

/// Logits and what becomes of them, which every contender shares.
final class SoftmaxProblem<T: BenchmarkScalar> {
  let rows: Int
  let columns: Int
  let log: Bool
  let x: Buffer<T>
  let y: Buffer<T>

  init(_ rows: Int, _ columns: Int, log: Bool) {
    (self.rows, self.columns, self.log) = (rows, columns, log)
    var random = SplitMix64(seed: 1)
    x = Buffer(count: rows * columns) { 8 * random.nextSigned() }
    y = Buffer(count: rows * columns) { .nan }
  }

  func spoilOutput() { y.mutableElements.update(repeating: .nan) }

  /// The worst error over the bound of ck_rows.h, over all of the first and last row.  In double precision the
  /// reference's own error, n + 4 units, counts as well.
  func errorOverBound() -> Double { max(errorOverBound(row: 0), errorOverBound(row: rows - 1)) }

  private func errorOverBound(row: Int) -> Double {
    let u = T.dtype.unitRoundoff
    let logits = (0..<columns).map { Double(x.pointer[row * columns + $0]) }
    let largest = logits.max()!
    let logSum = logSumOfExponentials(logits.map { $0 - largest })
    let logColumns = Foundation.log(Double(columns))
    let own = T.dtype == .f64 ? Double(columns) + 4 : 0
    var worst = 0.0
    for j in 0..<columns {
      let exactLog = logits[j] - largest - logSum
      let exact = log ? exactLog : exponential(exactLog)
      let ulp = Double(max(T(exact).ulp, .leastNonzeroMagnitude))
      let bound =
        log
        ? (3 * abs(exact) + 2 * logColumns + 6 + own) * u
        : (4 + own) * ulp
      let error = abs(Double(y.pointer[row * columns + j]) - exact)
      worst = max(worst, error.isNaN ? .infinity : error / bound)
    }
    return worst
  }
}

private func exponential(_ x: Double) -> Double { Foundation.exp(x) }

private func logSumOfExponentials(_ x: [Double]) -> Double {
  Foundation.log(x.reduce(0) { $0 + Foundation.exp($1) })
}
