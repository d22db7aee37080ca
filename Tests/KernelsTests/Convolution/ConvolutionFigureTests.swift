import Kernels
import Testing

/// Sizes, parameters, operations and receptive fields worked out by hand.
@Suite("Figures of convolutions")
struct ConvolutionFigureTests {
  /// One convolution of a network on 32 x 32, "same".
  private func layer(_ channels: Int, _ filters: Int, _ kernel: Int, groups: Int = 1) -> ConvolutionGeometry {
    ConvolutionGeometry(
      channels: channels, filters: filters, groups: groups, input: SIMD2(32, 32), kernel: SIMD2(kernel, kernel),
      padding: .same)
  }

  private func parameters(_ layers: [(Int, Int, Int)], bias: Bool) throws -> Int {
    try layers.reduce(0) { try $0 + layer($1.0, $1.1, $1.2).parameterCount(bias: bias) }
  }

  @Test("C1: the output size, over a grid")
  func outputSizes() throws {
    for n in 1...9 {
      for (k, d) in [(1, 1), (2, 1), (3, 1), (3, 2), (4, 3), (5, 1)] {
        for (s, p0, p1) in [(1, 0, 0), (1, 2, 1), (2, 0, 0), (2, 1, 1), (3, 4, 0)] {
          var g = ConvolutionGeometry(channels: 1, filters: 1, input: n, kernel: k, stride: s, dilation: d)
          (g.padBefore.z, g.padAfter.z) = (p0, p1)
          // Counted, not computed: starts o s for which the last tap still lies within the padded input.
          let count = (0..<100).filter { $0 * s + d * (k - 1) < n + p0 + p1 }.count
          if count > 0 {
            #expect(try g.outputSize.z == count)
          } else {
            #expect(throws: KernelError(.badArgument, operand: "output width", expected: 1, got: 0)) {
              _ = try g.outputSize
            }
          }
        }
      }
    }
  }

  @Test("C1: same padding keeps the size where the kernel is odd, and divides it by the stride")
  func samePadding() throws {
    for (k, d) in [(1, 1), (3, 1), (5, 1), (7, 1), (3, 4)] {
      let g = ConvolutionGeometry(channels: 1, filters: 1, input: 29, kernel: k, dilation: d, padding: .same)
      #expect(try g.outputSize.z == 29)
      #expect(g.padBefore.z == d * (k - 1) / 2 && g.padAfter.z == d * (k - 1) / 2)
    }
    for (n, s, k) in [(10, 2, 3), (11, 2, 3), (10, 3, 2), (7, 4, 4)] {
      let g = ConvolutionGeometry(channels: 1, filters: 1, input: n, kernel: k, stride: s, padding: .same)
      #expect(try g.outputSize.z == (n + s - 1) / s)
      #expect([0, 1].contains(g.padAfter.z - g.padBefore.z))
    }
    let full = ConvolutionGeometry(channels: 1, filters: 1, input: 10, kernel: 3, padding: .full)
    #expect(try full.outputSize.z == 12)
  }

  @Test("C9: the receptive field of pooling after a convolution")
  func receptiveFieldOfPooling() throws {
    let conv = ConvolutionGeometry(channels: 1, filters: 1, input: 64, kernel: 3, padding: .amount(1))
    let pool = ConvolutionGeometry(channels: 1, filters: 1, input: 64, kernel: 2, stride: 2)
    // 1-based in the statement: -2 <= m - 2i <= 1 is m = 2i - 2 ... 2i + 1; 0-based, i and m one less: 2i - 1 ... 2i + 2.
    let one = try conv.receptiveField(of: pool.receptiveField(of: 5...5, axis: 2), axis: 2)
    #expect(one == 2 * 5 - 1...2 * 5 + 2)
    let twice = try pool.receptiveField(of: 5...5, axis: 2)
    let two = try conv.receptiveField(of: pool.receptiveField(of: twice, axis: 2), axis: 2)
    #expect(two.count == 6 && two == 4 * 5 - 1...4 * 5 + 4)
  }

  @Test("C10: the receptive field of a U-Net with nine blocks")
  func receptiveFieldOfUNet() throws {
    let conv = ConvolutionGeometry(channels: 1, filters: 1, input: 1024, kernel: 3, padding: .amount(1))
    let pool = ConvolutionGeometry(channels: 1, filters: 1, input: 1024, kernel: 2, stride: 2)
    let unpool = ConvolutionGeometry(
      channels: 1, filters: 1, input: 1024, kernel: 2, stride: 2, isTransposed: true)
    var widths: [[Int]] = []
    // The place that meets the fewest elements on the way down: 12 must lie on 6 whole pairs.
    for start in 512..<528 {
      var field = start...start
      var path: [Int] = []
      for block in (1...9).reversed() {
        for _ in 0..<([1, 9].contains(block) ? 2 : 3) { field = try conv.receptiveField(of: field, axis: 2) }
        path.append(field.count)
        if block > 5 {
          field = try unpool.receptiveField(of: field, axis: 2)
        } else if block > 1 {
          field = try pool.receptiveField(of: field, axis: 2)
        }
      }
      widths.append(path)
    }
    #expect(widths.contains([5, 9, 11, 12, 12, 30, 66, 138, 280]))
  }

  @Test("P1 and P2: a bottleneck, and thirty-two of them as groups")
  func bottlenecks() throws {
    let plain = [(256, 128, 1), (128, 128, 3), (128, 256, 1)]
    #expect(try parameters(plain, bias: false) == 212_992)
    #expect(try parameters(plain, bias: true) == 213_504)
    let path = [(256, 4, 1), (4, 4, 3), (4, 256, 1)]
    #expect(try 32 * parameters(path, bias: false) == 70_144)
    #expect(try 32 * parameters(path, bias: true) == 78_592)
    let grouped = try layer(128, 128, 3, groups: 32).weightCount
    #expect(try layer(256, 128, 1).weightCount + grouped + layer(128, 256, 1).weightCount == 70_144)
  }

  @Test("P3 and P4: Inception blocks and their operations on 32 x 32")
  func inception() throws {
    #expect(try parameters([(256, 128, 1), (256, 192, 3), (256, 96, 5)], bias: true) == 1_089_952)
    let reduced = [(256, 128, 1), (256, 64, 1), (64, 192, 3), (256, 64, 1), (64, 96, 5), (256, 64, 1)]
    #expect(try parameters(reduced, bias: true) == 346_720)
    let products = try [layer(256, 128, 1), layer(256, 192, 3), layer(256, 96, 5)].map { try $0.products }
    #expect(products == [33_554_432, 452_984_832, 629_145_600])
    let counts = try [layer(256, 128, 1), layer(256, 192, 3), layer(256, 96, 5)].map { try $0.outputCount }
    #expect(counts == [131_072, 196_608, 98_304])
    #expect(
      try reduced.map { try layer($0.0, $0.1, $0.2).products } == [
        33_554_432, 16_777_216, 113_246_208, 16_777_216, 157_286_400, 16_777_216,
      ])
  }

  @Test("P5: the convolutions of VGG")
  func vgg() throws {
    let widths = [
      (3, 64), (64, 64), (64, 128), (128, 128), (128, 64), (64, 256), (256, 256), (256, 256), (256, 512), (512, 512),
      (512, 512), (512, 512), (512, 512), (512, 512), (512, 512),
    ]
    let convolutions = try parameters(widths.map { ($0.0, $0.1, 3) }, bias: false)
    let dense = try [(25_088, 4096), (4096, 4096), (4096, 1000)].map {
      try ConvolutionGeometry(channels: $0.0, filters: $0.1, input: 1, kernel: 1).weightCount
    }
    #expect(convolutions == 16_996_032)
    #expect(dense == [102_760_448, 16_777_216, 4_096_000])
    #expect(convolutions + dense.reduce(0, +) == 140_629_696)
  }

  @Test("P6: a stack of dense layers")
  func denseStack() throws {
    for (neurons, layers) in [(101, 5), (1025, 3), (7, 2)] {
      let n = (neurons - 1) / (layers - 1)
      let hidden = ConvolutionGeometry(channels: n, filters: n, input: 1, kernel: 1)
      let last = ConvolutionGeometry(channels: n, filters: 1, input: 1, kernel: 1)
      let count = try (layers - 1) * hidden.parameterCount(bias: true) + last.parameterCount(bias: true)
      #expect(count == neurons * (n + 1))
    }
  }

  @Test("operations of a convolution and of its bottleneck")
  func operations() throws {
    let geometry = { (channels: Int, filters: Int, kernel: Int) in
      ConvolutionGeometry(
        channels: channels, filters: filters, input: SIMD2(100, 100), kernel: SIMD2(kernel, kernel), padding: .same)
    }
    #expect(try 2 * geometry(256, 256, 3).products == 11_796_480_000)
    #expect(try geometry(256, 256, 3).weightCount == 589_824)
    #expect(try geometry(256, 256, 3).innerProducts == 256 * 256 * 298 * 298)
    #expect(try geometry(64, 64, 1).bytesMoved(Float.self) == 4 * (640_000 + 4096 + 640_000))
  }

  @Test("a plan explains itself")
  func explanation() throws {
    let plan = try Convolution<Float>(layer(16, 16, 3), strict: true, threads: 1)
    let text = plan.explanation
    #expect(text.algorithm == .direct && text.isStrict && text.errorGrowth == 146)
    #expect(text.operations == 2 * 32 * 32 * 16 * 16 * 9 && text.innerOperations == 2 * 94 * 94 * 16 * 16)
    #expect(text.rejected.allSatisfy { !$0.reason.isEmpty } && text.description.contains("algorithm: direct"))
  }
}
