// The list of properties of elementwise calls over one element type, as an initializer.
{.name = TYPE " every operation, shape and broadcasting has the bits of its definition", .run = combinations},
    {.name = TYPE " a bias gradient adds in the promised order", .run = bias_gradients},
    {.name = TYPE " a cast rounds to nearest", .run = casts},
    {.name = TYPE " threads keep the bits of elementwise calls", .run = elementwise_threads, .spawns = true},
    {.name = TYPE " threads keep the bits of a bias gradient", .run = bias_threads, .spawns = true},
    {.name = TYPE " misuse of elementwise calls is refused", .run = elementwise_misuse}, {.name = NULL},
