import KernelsReference
import Testing

@Suite("The references of functions")
struct ReferenceFunctionTests {
  /// A function's value to 106 bits, from mpmath with 2,400.
  struct Value: Sendable, CustomTestStringConvertible {
    let function: ReferenceFunction
    let x: Double
    let head: Double
    let tail: Double

    init(_ function: ReferenceFunction, _ x: Double, _ head: Double, _ tail: Double) {
      (self.function, self.x, self.head, self.tail) = (function, x, head, tail)
    }

    var testDescription: String { "\(function)(\(x))" }
  }

  @Test("pairs of doubles are right to 2⁻⁸⁵, full-range sine included", arguments: values)
  func doubleDouble(value: Value) {
    let got = value.function(value.x).value
    let error = (got.head - value.head) + (got.tail - value.tail)
    #expect(error.magnitude <= max(value.head.magnitude * 0x1p-85, 0x1p-1074))
  }

  @Test("an error is measured in units of the exact value's binade")
  func units() {
    #expect(ReferenceValue<Float>(1).error(of: Float(1).nextUp) == 1)
    #expect(ReferenceValue<Float>(1).error(of: Float(1).nextDown) == 0.5)
    #expect(ReferenceValue<Float>(0x1.fffffffp-1).error(of: 1) == 0x1p-5)
    #expect(ReferenceValue<Float>(0x1p-149).error(of: 0) == 1)
    #expect(ReferenceValue<Float>(1, scale: 8).error(of: Float(1) + 0x1p-20) == 1)
  }

  @Test("a NaN, an infinity or a zero of the other sign out of place is infinitely wrong")
  func kinds() {
    #expect(ReferenceValue<Float>(.nan).error(of: .nan) == 0)
    #expect(ReferenceValue<Float>(.nan).error(of: 1) == .infinity)
    #expect(ReferenceValue<Float>(1).error(of: .nan) == .infinity)
    #expect(ReferenceValue<Float>(1).error(of: .infinity) == .infinity)
    #expect(ReferenceValue<Float>(0x1p128).error(of: .greatestFiniteMagnitude) == 1)
    #expect(ReferenceValue<Float>(0.0).error(of: -0.0) == .infinity)
    #expect(ReferenceValue<Float>(-0x1p-149).error(of: -0.0) == 1)
    #expect(ReferenceValue<Float>(-0x1p-149).error(of: 0) == .infinity)
  }

  private static let values: [Value] = [
    Value(.exp, 0x1.0000000000000p+0, 0x1.5bf0a8b145769p+1, 0x1.4d57ee2b1013ap-53),
    Value(.exp, -0x1.3333333333333p-2, 0x1.7b4c869c37c05p-1, -0x1.0a730392f0d98p-59),
    Value(.exp, 0x1.4800000000000p+4, 0x1.7d6c4f0bcdd5cp+29, 0x1.d5bc1fef2a82ap-25),
    Value(.exp, -0x1.5e20000000000p+9, 0x1.af5fe9a485c8ep-1011, 0x1.5cp-1065),
    Value(.exp, 0x1.4f8b588e368f1p-17, 0x1.0000a7c5e340ep+0, 0x1.bf6ba1f2a2657p-54),
    Value(.exp2, 0x1.0000000000000p-1, 0x1.6a09e667f3bcdp+0, -0x1.bdd3413b26456p-54),
    Value(.exp2, -0x1.e000000000000p+1, 0x1.306fe0a31b715p-4, 0x1.6f46ad23182e4p-59),
    Value(.exp2, 0x1.f40cccccccccdp+9, 0x1.125fbee2506b0p+1000, 0x1.c612ebbb95c3ep+945),
    Value(.expm1, 0x1.79ca10c924223p-67, 0x1.79ca10c924223p-67, 0x1.16c262777579cp-134),
    Value(.expm1, -0x1.0624dd2f1a9fcp-10, -0x1.0603521cac48cp-10, 0x1.cc0de9ed5bcbap-64),
    Value(.expm1, 0x1.999999999999ap-2, 0x1.f7a0e4beeff80p-2, 0x1.fc9f8bcb72b62p-59),
    Value(.expm1, -0x1.6000000000000p+2, -0x1.fde856b4a6b12p-1, 0x1.43a8228ff2016p-55),
    Value(.expm1, 0x1.2c80000000000p+8, 0x1.719c25b8f5b4ap+433, 0x1.cb1412eb93c85p+373),
    Value(.log, 0x1.000001ad7f29bp+0, 0x1.ad7f2847b6492p-24, 0x1.d7f4a57fcf3ddp-80),
    Value(.log, 0x1.0000000000000p-1, -0x1.62e42fefa39efp-1, -0x1.abc9e3b39803fp-56),
    Value(.log, 0x1.8000000000000p+1, 0x1.193ea7aad030bp+0, -0x1.a256f99caabebp-54),
    Value(.log, 0x1.7e43c8800759cp+996, 0x1.5963447f87fb5p+9, 0x1.abccc0710fcd4p-46),
    Value(.log, 0x1.3c4p-1061, -0x1.6f9be0f7cee66p+9, -0x1.ab73c1e64e011p-47),
    Value(.log2, 0x1.ff7ced916872bp-1, -0x1.7a6210ffb7151p-10, -0x1.d365a602612e8p-66),
    Value(.log2, 0x1.4000000000000p+3, 0x1.a934f0979a371p+1, 0x1.7f2495fb7fa6dp-53),
    Value(.log2, 0x1.56e1fc2f8f359p-997, -0x1.f24a09f1a8b89p+9, 0x1.1ea8f9f7c393dp-46),
    Value(.log1p, 0x1.2725dd1d243acp-60, 0x1.2725dd1d243acp-60, -0x1.54484932d2e73p-121),
    Value(.log1p, -0x1.ff7ced916872bp-1, -0x1.ba18a998fff9fp+2, -0x1.112fc120a0a2ap-52),
    Value(.log1p, 0x1.3333333333333p-2, 0x1.0ca937be1b9dcp-2, -0x1.28637a1723644p-56),
    Value(.log1p, 0x1.5af1d78b58c40p+66, 0x1.7069e2aa2aa5bp+5, -0x1.c6b4ad1e826fdp-51),
    Value(.tanh, 0x1.12e0be826d695p-30, 0x1.12e0be826d695p-30, -0x1.a68cd9e985016p-92),
    Value(.tanh, 0x1.199999999999ap-1, 0x1.00442f6419203p-1, -0x1.a6f0615dc969bp-56),
    Value(.tanh, -0x1.8000000000000p+1, -0x1.fd77d111a0b00p-1, 0x1.df50f574f4805p-57),
    Value(.tanh, 0x1.3800000000000p+4, 0x1.0000000000000p+0, -0x1.aa0de4bf35b38p-56),
    Value(.sinh, 0x1.12e0be826d695p-30, 0x1.12e0be826d695p-30, 0x1.a68cd9e985016p-93),
    Value(.sinh, 0x1.199999999999ap-1, 0x1.28037cac6a8a7p-1, 0x1.71081a99c5aa3p-57),
    Value(.sinh, -0x1.8000000000000p+1, -0x1.40926e70949aep+3, 0x1.923f985ab875fp-51),
    Value(.sinh, 0x1.e000000000000p+5, 0x1.79dbc9dc53c66p+85, 0x1.24caf2a650819p+31),
    Value(.sinh, 0x1.6300000000000p+9, 0x1.3e21a464507f9p+1023, 0x1.282b80dc02e26p+969),
    Value(.cosh, 0x1.a36e2eb1c432dp-14, 0x1.00000015798eep+0, 0x1.3eb460af4f5a3p-55),
    Value(.cosh, 0x1.199999999999ap-1, 0x1.27b4b9ed39c62p+0, -0x1.7504efeda9752p-54),
    Value(.cosh, -0x1.8000000000000p+1, 0x1.422a497d6185ep+3, 0x1.28e5883d54185p-51),
    Value(.cosh, 0x1.e000000000000p+5, 0x1.79dbc9dc53c66p+85, 0x1.24caf2a650819p+31),
    Value(.cosh, 0x1.6300000000000p+9, 0x1.3e21a464507f9p+1023, 0x1.282b80dc02e26p+969),
    Value(.erf, 0x1.b7cdfd9d7bdbbp-34, 0x1.f044332d68161p-34, 0x1.01834fa76156bp-88),
    Value(.erf, 0x1.0000000000000p-1, 0x1.0a7ef5c18edd2p-1, 0x1.5e809f1a31a28p-56),
    Value(.erf, -0x1.4000000000000p+1, -0x1.ffcaa8f4c9beap-1, -0x1.b0cee160116f9p-55),
    Value(.erf, 0x1.c000000000000p+1, 0x1.ffffe710d565ep-1, 0x1.c9ea52d76dc04p-55),
    Value(.erfc, -0x1.0000000000000p+2, 0x1.ffffffbdc88bbp+0, 0x1.0b2865615db40p-56),
    Value(.erfc, 0x1.0000000000000p-1, 0x1.eb02147ce245cp-2, -0x1.5e809f1a31a28p-56),
    Value(.erfc, 0x1.7333333333333p+1, 0x1.58c1056c73872p-15, 0x1.28f5302c8824bp-71),
    Value(.erfc, 0x1.8000000000000p+1, 0x1.729df6503422ap-16, 0x1.784ca4c429a15p-73),
    Value(.erfc, 0x1.4000000000000p+3, 0x1.7d8a7f2a8a2d0p-149, -0x1.8b231dcfa8e27p-203),
    // Further out the tail of a pair is subnormal, and holds fewer bits.
    Value(.erfc, 0x1.8000000000000p+4, 0x1.82de1daeb9c47p-837, 0x1.c05c5e87932bbp-893),
    Value(.sigmoid, -0x1.5e00000000000p+9, 0x1.14f2b0fb9307fp-1010, 0x1.58p-1067),
    Value(.sigmoid, -0x1.a666666666666p+1, 0x1.236630d362b36p-5, -0x1.f7d2baf6e898cp-60),
    Value(.sigmoid, 0x1.999999999999ap-4, 0x1.0cca12729afb8p-1, -0x1.ceb94e42d87dcp-56),
    Value(.sigmoid, 0x1.2000000000000p+5, 0x1.ffffffffffffep-1, -0x1.6d875fbbc0c4dp-57),
    Value(.logSigmoid, -0x1.5e00000000000p+9, -0x1.5e00000000000p+9, -0x1.14f2b0fb9307fp-1010),
    Value(.logSigmoid, -0x1.0000000000000p-1, -0x1.f2ba37edae032p-1, 0x1.9775b0d9bffcfp-58),
    Value(.logSigmoid, 0x1.6000000000000p+2, -0x1.0b48ec7737a01p-8, -0x1.bc906f92401cdp-62),
    Value(.logSigmoid, 0x1.9000000000000p+6, -0x1.a8c1f14e2af5dp-145, 0x1.43089bb228e2cp-199),
    Value(.softplus, -0x1.2c00000000000p+8, 0x1.245639c3a49f7p-433, 0x1.2f081eb716d99p-487),
    Value(.softplus, -0x1.0000000000000p-1, 0x1.e5746fdb5c064p-2, -0x1.9775b0d9bffcfp-58),
    Value(.softplus, 0x1.0000000000000p-2, 0x1.a6e18819b6b47p-1, 0x1.ab08246be3ec8p-61),
    Value(.softplus, 0x1.9000000000000p+5, 0x1.9000000000000p+5, 0x1.d257d547e083fp-73),
    Value(.rsqrt, 0x1.0000000000000p+1, 0x1.6a09e667f3bcdp-1, -0x1.bdd3413b26456p-55),
    Value(.rsqrt, 0x1.34p-1030, 0x1.d2c8534ed6d86p+514, 0x1.3ce5052a04150p+459),
    Value(.rsqrt, 0x1.4e7b4f70066e8p+999, 0x1.3cbacd0a16c50p-500, 0x1.70c996e4ce41ap-554),
    Value(.sin, 0x1.4f8b588e368f1p-17, 0x1.4f8b588e1e8a2p-17, 0x1.75b30450b875ep-71),
    Value(.sin, 0x1.6666666666666p-1, 0x1.49d6e694619b8p-1, 0x1.a822cbb5cf8f0p-59),
    Value(.sin, 0x1.0000000000000p+1, 0x1.d18f6ead1b446p-1, -0x1.02a3dbf3bffb2p-56),
    Value(.sin, 0x1.6300000000000p+8, -0x1.f9bd0307d1de3p-16, 0x1.894874d2528d2p-70),
    Value(.sin, -0x1.e848000000000p+19, 0x1.6664b2568d867p-2, 0x1.264732d26e9b9p-56),
    Value(.sin, 0x1.6ac5b262ca1ffp+849, 0x1.0000000000000p+0, -0x1.2b089ea1e692bp-123),
    Value(.sin, 0x1.e42d130773b76p+1023, -0x1.30c567d277075p-1, 0x1.d02010ce3f790p-56),
    Value(.cos, 0x1.4f8b588e368f1p-17, 0x1.ffffffff920c8p-1, 0x1.3149f1007a5f5p-58),
    Value(.cos, 0x1.6666666666666p-1, 0x1.87996529f9d93p-1, -0x1.7234b60138711p-55),
    Value(.cos, 0x1.0000000000000p+1, -0x1.aa22657537205p-2, 0x1.6f3341d4d1235p-56),
    Value(.cos, 0x1.6000000000000p+3, 0x1.220ae41ee2fdfp-8, 0x1.7f17841b97bf3p-62),
    Value(.cos, -0x1.e848000000000p+19, 0x1.df9df9906d32cp-1, 0x1.abb226a0c6680p-55),
    Value(.cos, 0x1.6ac5b262ca1ffp+849, -0x1.14ae72e6ba22fp-61, 0x1.73eef1477d90ep-118),
    Value(.cos, 0x1.e42d130773b76p+1023, 0x1.9b6913f41bde3p-1, 0x1.95f13f8137977p-59),
  ]
}
