process.stdout.write('proxy-doctor\n');
