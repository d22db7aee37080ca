// The list of properties of the functions over one element type, as an initializer.
{.name = TYPE " functions are what they claim, edges of their ranges included", .run = functions_are_exact},
    {.name = TYPE " functions of every length, and of lanes, touch nothing else and keep the bits",
     .run = functions_stay_inside},
    {.name = TYPE " functions and derivatives in place and on threads keep the bits", .run = functions_keep_bits},
    {.name = TYPE " functions: all fused instruction sets, and the others, give the same bits",
     .run = isas_agree_on_functions},
    {.name = TYPE " functions refuse every misuse and write nothing", .run = misused_functions}, {.name = NULL},
