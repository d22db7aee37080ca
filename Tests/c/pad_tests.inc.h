// The list of properties of padding over one element type, as an initializer.
{.name = "pad " TYPE ": padding and its adjoint follow their definitions", .run = pads},
    {.name = "pad " TYPE ": the adjoint of padding takes a time in proportion to its rows", .run = pad_tall},
    {.name = "pad " TYPE ": im2col and col2im follow their definitions", .run = columns},
    {.name = "pad " TYPE ": the Toeplitz matrix holds each weight where it belongs", .run = toeplitz_matrices},
    {.name = "pad " TYPE ": misuse of padding is refused", .run = pad_misuse}, {.name = NULL},
