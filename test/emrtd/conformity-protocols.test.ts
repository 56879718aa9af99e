/** Test cases of BSI TR-03105-5.1, see simulator/passport/misfortunes. */
import { conformity } from './conformity-bench.ts';

conformity('ISO7816_A', 'ISO7816_B', 'ISO7816_C', 'ISO7816_D', 'ISO7816_F');
