# Debian's pymodbus as a client: reads and writes the registers of the device whose port is given; prints one line each.
import sys
from pymodbus.client import ModbusSerialClient

client = ModbusSerialClient(sys.argv[1], baudrate=115200, timeout=2)
print('connect', client.connect())
print('inputs', client.read_discrete_inputs(0, 8, slave=1).bits)
print('registers', client.read_input_registers(5, 3, slave=1).registers)
print('write', client.write_registers(10, [7, 8, 9], slave=1).isError())
print('holding', client.read_holding_registers(10, 3, slave=1).registers)
print('coils', client.write_coils(2, [True, False, True], slave=1).isError(), client.read_coils(0, 8, slave=1).bits)
print('beyond', client.read_input_registers(99, 2, slave=1))
client.close()
