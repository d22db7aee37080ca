/// Which shapes a property draws.
enum ShapeFamily {
  /// All of the below.
  case any
  /// Up to about two register tiles each way, 0 included: what exhausts the edges of a tile.
  case tiny
  /// GEMV, outer products, long dot products.
  case skinny
  /// Enough work for a second thread.
  case large
}

extension SplitMix64 {
  /// A call with everything drawn: shape, layouts, scalars, fill, packing.
  mutating func gemm(_ family: ShapeFamily = .any, budget: Int = 1 << 17) -> GEMMCase {
    var x = GEMMCase()
    let budget = chance(3) ? budget << 3 : budget
    (x.m, x.n, x.k) = shape(family)
    while x.m * x.n * x.k > budget { halveLargest(&x) }
    if chance(20) { x.batch = int(2...4) }
    while x.volume > budget && x.batch > 1 { x.batch -= 1 }
    x.a = layout(input: true)
    x.b = layout(input: true)
    x.c = layout(input: false)
    x.residual = layout(input: true)
    x.alphaQuarters = pick([4, 4, 4, -4, 2, 8, -3, 5])
    x.betaQuarters = pick([0, 0, 4, 4, -4, 2, 3])
    x.fill = int(0...2)
    x.seed = int(0...1 << 30)
    x.threads = pick([1, 1, 1, 2, 3])
    x.packA = chance(15) ? 1 : 0
    x.packB = chance(15) ? 1 : 0
    return x
  }

  /// As `gemm`, with an epilogue in most cases, over special values too: NaN must pass every activation.
  mutating func gemmWithEpilogue() -> GEMMCase {
    var x = gemm()
    x.fill = int(0...3)
    x.bias = int(0...2)
    x.hasResidual = int(0...1)
    x.activation = int(0...3)
    x.slopes = pick([0, 0, 1, 2])
    return x
  }

  private mutating func shape(_ family: ShapeFamily) -> (m: Int, n: Int, k: Int) {
    switch family {
    case .tiny: (int(0...33), int(0...66), chance(80) ? int(0...9) : size(64))
    case .skinny:
      switch int(0...4) {
      case 0: (1, size(600), size(600))
      case 1: (size(600), 1, size(600))
      case 2: (size(600), size(600), 1)
      case 3: (size(600), size(600), 2)
      default: (size(3), size(3), size(40_000))
      }
    case .large: (size(400), size(400), size(700))
    case .any:
      switch int(0...9) {
      case 0: shape(.tiny)
      case 1: shape(.skinny)
      case 2: (size(6), size(6), size(2600))
      case 3: (size(5), size(6000), size(9))
      case 4: (size(2000), size(9), size(9))
      default: (size(100), size(100), size(100))
      }
    }
  }

  private func halveLargest(_ x: inout GEMMCase) {
    let largest = max(x.m, x.n, x.k)
    if x.m == largest { x.m /= 2 } else if x.n == largest { x.n /= 2 } else { x.k /= 2 }
  }

  mutating func layout(input: Bool) -> LayoutChoice {
    var x = LayoutChoice()
    x.columnMajor = int(0...1)
    x.step = chance(75) ? 1 : input ? int(0...3) : int(2...3)
    x.gap = chance(40) ? 0 : input && chance(10) ? -1 : pick([1, 2, 3, 7, 13])
    x.batchGap = chance(50) ? 0 : input && chance(30) ? -1 : int(1...17)
    x.offset = chance(70) ? 0 : int(1...9)
    x.flushLeft = int(0...1)
    x.shift = x.flushLeft == 1 && chance(50) ? int(1...15) : 0
    return x
  }
}
