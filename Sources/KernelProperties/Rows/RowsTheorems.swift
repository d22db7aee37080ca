import Kernels

extension RowsProperties {
  /// R5 of the worked figures, and what follows from the formulas for every row.
  static var theorems: [Claim] {
    [
      Claim(
        "shift-invariance", "softmax(z + c) = softmax(z), where z + c is exact, within the two bounds of 4 ULP",
        weight: 2,
        generate: {
          var x = $0.rows(elements: 200, fills: 0...0)
          x.choice = $0.int(-5000...5000)
          return x
        },
        check: { x, isa in
          let run = RowsRun<T>(x)
          let operation = RowsOperation(kind: .softmax(log: false))
          let y = try run.results(operation, isa)
          let shifted = run.logits.map { $0 + T(x.choice) }
          let z = try RowsRun(x, values: (shifted, run.others)).results(operation, isa)
          for index in y.indices where (y[index] - z[index]).magnitude > 8 * max(y[index], z[index]).ulp {
            throw PropertyFailure("[\(index)]: \(y[index]) and, shifted, \(z[index])")
          }
          return 0
        }),
      Claim(
        "jacobian", "the gradient of a single y_k is column k of diag(p) − p pᵀ, bit for bit", weight: 2,
        generate: { $0.rows(elements: 100, fills: 0...2) },
        check: { x, isa in
          guard x.count > 0 else { return 0 }
          let run = RowsRun<T>(x)
          let p = Array(try run.results(RowsOperation(kind: .softmax(log: false)), isa).dropLast(x.rows))
          let k = abs(x.seed) % x.count
          let unit = p.indices.map { T($0 % x.count == k ? 1 : 0) }
          let dx = try RowsRun(x, values: (p, unit)).results(RowsOperation(kind: .backward(log: false)), isa)
          for index in p.indices {
            let pk = p[index / x.count * x.count + k]
            let want = p[index] * (unit[index] - pk)
            guard dx[index] == want else { throw PropertyFailure("[\(index)] is \(dx[index]), not \(want)") }
          }
          return 0
        }),
      Claim(
        "gradient-is-p-minus-y", "the gradient of the cross-entropy is softmax(z) − y, bit for bit", weight: 2,
        generate: { $0.rows(elements: 200, fills: 0...3) },
        check: { x, isa in
          guard x.count > 0, x.rows > 0 else { return 0 }
          let run = RowsRun<T>(x)
          let p = try run.results(RowsOperation(kind: .softmax(log: false)), isa)
          let shape = AxisShape(rows: x.rows, columns: x.count)
          var dx = [T](repeating: 7, count: x.rows * x.count)
          var out = dx.mutableSpan
          _ = try crossEntropy(
            run.logits.span, shape, targets: run.targets.span, reduction: .sum, gradient: &out, isa: isa)
          for index in dx.indices {
            let (r, j) = (index / x.count, index % x.count)
            let want = run.targets[r] < 0 ? 0 : p[index] - (j == run.targets[r] ? 1 : 0)
            guard dx[index] == want else { throw PropertyFailure("[\(index)] is \(dx[index]), not \(want)") }
          }
          return 0
        }),
      Claim(
        "one-hot", "one-hot probabilities give the loss of their class",
        generate: { $0.rows(elements: 200, fills: 0...3) },
        check: { x, isa in
          guard x.count > 0, x.rows > 0 else { return 0 }
          let run = RowsRun<T>(x)
          let shape = AxisShape(rows: x.rows, columns: x.count)
          let targets = run.targets.map { max($0, 0) }
          let oneHot = (0..<x.rows * x.count).map { T(targets[$0 / x.count] == $0 % x.count ? 1 : 0) }
          var (losses, others) = ([T](repeating: 7, count: x.rows), [T](repeating: 7, count: x.rows))
          var out = losses.mutableSpan
          try crossEntropyLosses(run.logits.span, shape, targets: targets.span, into: &out, isa: isa)
          var otherOut = others.mutableSpan
          try crossEntropyLosses(run.logits.span, shape, probabilities: oneHot.span, into: &otherOut, isa: isa)
          guard losses == others else { throw PropertyFailure("\(losses) and \(others)") }
          return 0
        }),
    ]
  }
}
