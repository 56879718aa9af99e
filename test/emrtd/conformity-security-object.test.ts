/** Test cases of BSI TR-03105-5.1, see simulator/passport/misfortunes. */
import { conformity } from './conformity-bench.ts';

conformity('LDS_H');
