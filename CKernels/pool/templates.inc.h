// Every template of pooling, each after what it stands on.
#include "pool/step.inc.h"
#include "pool/gather.inc.h"
#include "pool/window.inc.h"
#include "pool/pixels.inc.h"
#include "pool/find.inc.h"
#include "pool/finish.inc.h"
#include "pool/rows.inc.h"
#include "pool/spread.inc.h"
