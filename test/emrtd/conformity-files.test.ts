/** Test cases of BSI TR-03105-5.1, see simulator/passport/misfortunes. */
import { conformity } from './conformity-bench.ts';

conformity('LDS_A', 'LDS_B', 'LDS_C', 'LDS_F', 'LDS_I', 'LDS_K', 'none');
