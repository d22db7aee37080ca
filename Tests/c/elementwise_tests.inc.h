// The list of properties of elementwise calls over one element type, as an initializer.
{.name = TYPE " every operation, shape and broadcasting has the bits of its definition", .run = combinations},
    {.name = TYPE " the gradients of a bias and of slopes add in the promised order", .run = bias_gradients},
    {.name = TYPE " the gradient of swish adds its terms in the promised order", .run = swish_gradients},
    {.name = TYPE " a cast rounds to nearest", .run = casts},
    {.name = TYPE " threads keep the bits of elementwise calls", .run = elementwise_threads, .spawns = true},
    {.name = TYPE " threads keep the bits of the gradients of parameters", .run = bias_threads, .spawns = true},
    {.name = TYPE " misuse of elementwise calls is refused", .run = elementwise_misuse}, {.name = NULL},
