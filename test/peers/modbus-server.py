# Debian's pymodbus as an RTU server on the port that is given; input register n holds 1000 + n, holding register n
# holds n.
import sys
from pymodbus.server import StartSerialServer
from pymodbus.datastore import ModbusSequentialDataBlock, ModbusSlaveContext, ModbusServerContext
from pymodbus.transaction import ModbusRtuFramer

store = ModbusSlaveContext(
    di=ModbusSequentialDataBlock(0, [0, 1] * 50),
    co=ModbusSequentialDataBlock(0, [0] * 100),
    hr=ModbusSequentialDataBlock(0, list(range(100))),
    ir=ModbusSequentialDataBlock(0, list(range(1000, 1100))),
    zero_mode=True,
)
StartSerialServer(
    context=ModbusServerContext(slaves=store, single=True),
    framer=ModbusRtuFramer, port=sys.argv[1], baudrate=115200, timeout=0.005,
)
