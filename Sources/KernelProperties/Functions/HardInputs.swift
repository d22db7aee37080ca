/// Inputs at which an intermediate value of a function with a parameter leaves the range of a type.
let hardInputs: [String: [Double]] = [
  "swish": [0x1p89, 1e30, 5e29, 0x1p127, 0x1p945, 1e300, 1e308, 1.2e32, 1.1e5, 760_000],
  "softplus": [45.0155, 93_555, 279.27, 0x1p127, 1e308, 744_000],
  "celu": [1.3e-38, 1.3e-30, 2.3e-308],
]
