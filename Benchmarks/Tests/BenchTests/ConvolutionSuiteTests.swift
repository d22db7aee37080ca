import CKernels
import Kernels
import Testing

@testable import bench

@Suite("The convolution suite")
struct ConvolutionSuiteTests {
  @Test("every layer of the file is one that the kernels accept, with the output size it states")
  func layers() throws {
    let layers = try readConvolutionLayers()
    #expect(layers.count > 100)
    for layer in layers {
      var geometry = layer.geometry(CK_CHANNELS_LAST)
      var figures = ck_conv_figures()
      #expect(ck_conv_measure(&geometry, &figures, nil) == CK_OK, "\(layer.text)")
      #expect(SIMD2(figures.output.1, figures.output.2) == layer.output, "\(layer.text)")
    }
  }

  @Test("dilation counts from 0 in the file and from 1 in the kernels; what is missing has benchdnn's default")
  func words() throws {
    let layer = try #require(ConvolutionLayer("g2mb3ic8ih9iw7oc4oh5ow3kh3dh1ph0n\"x\"", section: ""))
    #expect(layer.input == SIMD2(9, 7) && layer.output == SIMD2(5, 3) && layer.kernel == SIMD2(3, 3))
    #expect(layer.dilation == SIMD2(2, 2) && layer.stride == SIMD2(1, 1) && layer.padAfter == SIMD2(0, 0))
    #expect(layer.groups == 2 && layer.batch == 3)
    #expect(ConvolutionLayer("ic8oc4", section: "") == nil && ConvolutionLayer("ic8ih", section: "") == nil)
  }

  @Test("ours keeps its bound; a result that was never written does not", arguments: [true, false])
  func bound(channelsLast: Bool) throws {
    let layer = try #require(ConvolutionLayer("g2mb2ic8ih9oc12oh5kh3sh2ph1", section: ""))
    let problem = ConvolutionProblem<Float>(layer, channelsLast: channelsLast)
    #expect(problem.errorOverBound(growth: nil) == .infinity)
    try PackedConvolution(problem, ISA.best, strict: true, threads: 1).run(1)
    #expect(problem.errorOverBound(growth: nil) <= 1)
    problem.y.pointer[17] += 1
    #expect(problem.errorOverBound(growth: nil) > 1)
  }
}
